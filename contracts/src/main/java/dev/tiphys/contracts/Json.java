package dev.tiphys.contracts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.Optional;

/**
 * The one way in which values become JSON and back: ISO 8601 times and durations, unknown fields ignored (a newer writer
 * may know more), bounded nesting and numbers. Thread-safe.
 */
public final class Json {
    /** Deeper input is refused; real payloads and manifests stay far below. */
    private static final int MAX_NESTING = 100;

    /** Longer numbers are refused: nobody means them, and they are costly to convert. */
    private static final int MAX_NUMBER_LENGTH = 100;

    /** A text of brackets alone makes a tree a hundred times its size; 25 MiB of a real payload have a third of these tokens. */
    private static final long MAX_TOKENS = 2_000_000;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxTokenCount(MAX_TOKENS)
                            .maxStringLength(32 * 1024 * 1024)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** No number loses a digit on its way through. */
    private static final ObjectReader EXACT = MAPPER.reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);

    private Json() {}

    /** {@return the shared mapper; callers do not configure it} */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /** {@return the value as a JSON tree} */
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** {@return what a stranger's bytes hold, its numbers exact; empty if they are not one JSON text, or a costly one} */
    public static Optional<JsonNode> exactTree(byte[] bytes) {
        try {
            return Optional.of(EXACT.readTree(bytes)).filter(tree -> !tree.isMissingNode());
        } catch (IOException e) {
            // Whatever is wrong with it, it is not JSON that is read here.
            return Optional.empty();
        }
    }

    /** {@return the value as UTF-8 JSON} */
    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(value.getClass().getName() + " cannot be written as JSON", e);
        }
    }

    /** {@return the value as JSON text on one line} */
    public static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(value.getClass().getName() + " cannot be written as JSON", e);
        }
    }
}
