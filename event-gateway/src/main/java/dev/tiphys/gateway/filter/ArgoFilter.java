package dev.tiphys.gateway.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.gateway.filter.ArgoExpression.Translation;
import dev.tiphys.platform.expression.Expressions;
import dev.tiphys.platform.expression.Expressions.Resolved;
import dev.tiphys.platform.expression.Expressions.Unresolved;
import org.jspecify.annotations.Nullable;

/**
 * An EventSource's {@code filter.expression}. As Argo does, it drops an event on which it fails; unlike Argo, it says why.
 * What cannot be translated lets nothing through: it was reported when the definition was applied. Thread-safe.
 */
public final class ArgoFilter {
    private final @Nullable Translation translation;
    private final Expressions expressions;

    private ArgoFilter(@Nullable Translation translation, Expressions expressions) {
        this.translation = translation;
        this.expressions = expressions;
    }

    /** What becomes of an event. */
    public sealed interface Outcome {
        /** It goes on. */
        record Through() implements Outcome {}

        /** It does not. */
        record Dropped(String reason) implements Outcome {}
    }

    /** {@return the filter of an expression; null lets everything through} */
    public static ArgoFilter of(@Nullable String expression, Expressions expressions) {
        return new ArgoFilter(expression == null ? null : ArgoExpression.translate(expression), expressions);
    }

    /** {@return whether a payload is let through} */
    public Outcome test(JsonNode payload) {
        return switch (translation) {
            case null -> new Outcome.Through();
            case Translation.Untranslatable(var reason) ->
                new Outcome.Dropped("the filter of the EventSource cannot be run here: " + reason);
            case Translation.Translated(var cel) -> tested(cel, payload);
        };
    }

    private Outcome tested(String cel, JsonNode payload) {
        ObjectNode scope = JsonNodeFactory.instance.objectNode();
        scope.set(ArgoExpression.PAYLOAD, named(payload));
        return switch (expressions.test(cel, scope)) {
            case Resolved<Boolean>(Boolean through) when through -> new Outcome.Through();
            case Resolved<Boolean> _ -> new Outcome.Dropped("the filter of the EventSource does not let it through");
            case Unresolved<Boolean>(var _, var reason, var _) ->
                new Outcome.Dropped("the filter of the EventSource fails on it: " + reason);
        };
    }

    /** A top-level name with a hyphen in it is written with an underscore, as Argo has it. */
    private static ObjectNode named(JsonNode payload) {
        ObjectNode named = JsonNodeFactory.instance.objectNode();
        payload.properties().forEach(field -> named.set(field.getKey().replace('-', '_'), field.getValue()));
        return named;
    }
}
