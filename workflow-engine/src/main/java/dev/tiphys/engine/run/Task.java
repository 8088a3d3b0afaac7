package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Pipeline.OnFailure;
import dev.tiphys.contracts.definition.Pipeline.Retry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call in the tree: a leaf, or a graph of further calls.
 *
 * @param name unique in the run
 * @param kind the word for it, for example {@code jenkins} or {@code parallel}
 * @param needs the tasks of the same graph that must be through before it; empty for none
 * @param when a condition; null means always
 * @param retry null for one attempt only
 * @param timeout of one attempt; null means that of the kind
 */
public record Task(
        String name,
        String kind,
        Body body,
        List<String> needs,
        @Nullable String when,
        @Nullable Retry retry,
        @Nullable Duration timeout,
        OnFailure onFailure) {

    public Task {
        needs = List.copyOf(needs);
    }

    /** What a call does. */
    public sealed interface Body {
        /** One thing; the action's texts may hold expressions. */
        record Leaf(JsonNode action) implements Body {}

        /** Further calls; a list of steps is a graph in which each needs the one before. */
        record Nested(List<Task> tasks) implements Body {
            public Nested {
                tasks = List.copyOf(tasks);
            }
        }
    }

    /** {@return the tasks called by this one; empty for a leaf} */
    public List<Task> nested() {
        return switch (body) {
            case Body.Leaf _ -> List.of();
            case Body.Nested(var tasks) -> tasks;
        };
    }
}
