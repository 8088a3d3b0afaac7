package dev.tiphys.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** In which form an answer is printed. */
enum Output {
    TABLE,
    WIDE,
    JSON,
    YAML;

    /** {@return the answer as JSON or YAML} */
    String write(JsonNode answer) {
        try {
            return this == YAML
                    ? yaml(answer)
                    : Connection.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was read can be written", e);
        }
    }

    /** {@return whether the answer is printed as it came} */
    boolean isRaw() {
        return this == JSON || this == YAML;
    }

    private static String yaml(JsonNode answer) throws JsonProcessingException {
        return YAMLMapper.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .build()
                .writeValueAsString(answer)
                .stripTrailing();
    }
}
