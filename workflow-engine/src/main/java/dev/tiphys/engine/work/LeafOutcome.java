package dev.tiphys.engine.work;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an attempt of a leaf ended. A link is a page that shows more; null if there is none. */
public sealed interface LeafOutcome {

    /** It did what it was asked; {@code outputs} go to later steps. */
    record Succeeded(
            Map<String, JsonNode> outputs, @Nullable String link) implements LeafOutcome {
        public Succeeded {
            outputs = Map.copyOf(outputs);
        }
    }

    /**
     * It failed; the step's retry decides about another attempt.
     *
     * @param reason for a person: what, which one, why
     */
    record Failed(String reason, @Nullable String link, Map<String, JsonNode> outputs) implements LeafOutcome {
        public Failed {
            outputs = Map.copyOf(outputs);
        }
    }

    /** It cannot succeed until a person mends something, for example a job that does not exist: no retry helps. */
    record Stuck(String reason, @Nullable String link) implements LeafOutcome {}

    /** It was told to stop and what ran outside was ended; {@code detail} says how that went. */
    record Cancelled(String detail, @Nullable String link) implements LeafOutcome {}
}
