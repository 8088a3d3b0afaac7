package dev.tiphys.platform.expression;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CEL expressions in <code>${{ }}</code>. Fails closed: what cannot be resolved is {@link Unresolved}, never passed on as
 * text. Pure and thread-safe; evaluation is bounded.
 */
public interface Expressions {

    /** What an expression came to. */
    sealed interface Result<T> permits Resolved, Unresolved {}

    /** Everything was resolved. */
    record Resolved<T>(T value) implements Result<T> {}

    /**
     * Something was not.
     *
     * @param expression the expression as written
     * @param reason why, for a person
     * @param known the keys that are there at the place where one was missing; empty if that is not the trouble
     */
    record Unresolved<T>(String expression, String reason, List<String> known) implements Result<T> {
        public Unresolved {
            known = List.copyOf(known);
        }
    }

    /**
     * Replaces every expression in the texts of a tree. A text that is one expression and nothing else becomes the
     * expression's value with its type; in longer texts values are inserted as text.
     */
    Result<JsonNode> resolve(JsonNode template, JsonNode scope);

    /** Decides a condition, written with or without <code>${{ }}</code>. A value that is no boolean is unresolved. */
    Result<Boolean> test(String condition, JsonNode scope);

    /** {@return what is wrong with the syntax of the expressions in a text; null if nothing} */
    @Nullable
    String check(String text);
}
