package dev.tiphys.gateway.proof;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import java.util.Optional;

/** What SNS wraps its messages in. */
public final class SnsEnvelope {
    /** A message has up to 256 KiB; escaped, it may take six times as much. */
    private static final int LARGEST = 2 * 1024 * 1024;

    private SnsEnvelope() {}

    /** {@return the envelope; empty if the bytes are none, or too many} */
    public static Optional<JsonNode> read(byte[] body) {
        return body.length > LARGEST ? Optional.empty() : Json.exactTree(body).filter(JsonNode::isObject);
    }
}
