package dev.tiphys.sandbox.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;

/** What a request is answered with. */
sealed interface Answer {

    /** A JSON document. */
    record Json(int status, JsonNode body) implements Answer {}

    /** A text. */
    record Text(String body) implements Answer {}

    /** A document that has no end yet. */
    record Stream(Body body) implements Answer {

        /** Writes until it is done, or the reader is gone. */
        interface Body {
            void write(OutputStream out) throws IOException, InterruptedException;
        }
    }

    static Answer ok(JsonNode body) {
        return new Json(200, body);
    }
}
