package dev.tiphys.platform.expression.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.platform.expression.Expressions;
import dev.tiphys.platform.expression.Outlines;
import dev.tiphys.platform.expression.cel.Template.Piece;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Expressions by CEL. Public only so that cores can be tested without a container. */
@Singleton
public final class CelExpressions implements Expressions, Outlines {
    /** Sum of the texts of one resolved template: beyond it, a definition has gone wrong. */
    private static final int MAX_OUTPUT = 4 * 1024 * 1024;

    private final Programs programs = new Programs();

    public CelExpressions() {}

    @Override
    public Result<JsonNode> resolve(JsonNode template, JsonNode scope) {
        try {
            return new Resolved<>(new Resolution(scope).resolve(template));
        } catch (CannotResolve e) {
            return e.asResult();
        }
    }

    @Override
    public Result<Boolean> test(String condition, JsonNode scope) {
        try {
            String expression = bare(condition);
            Object value = programs.evaluate(expression, scope);
            return value instanceof Boolean decided
                    ? new Resolved<>(decided)
                    : new Unresolved<>(expression, "a condition is true or false, this is " + typeOf(value), List.of());
        } catch (CannotResolve e) {
            return e.asResult();
        }
    }

    @Override
    public @Nullable String check(String text) {
        try {
            for (Piece piece : Template.parse(text)) {
                if (piece instanceof Piece.Expression(String source)) {
                    programs.compile(source);
                }
            }
            return null;
        } catch (CannotResolve e) {
            return "expression " + e.expression() + ": " + e.reason();
        }
    }

    @Override
    public List<Outline> outlines(String text) {
        try {
            List<Outline> outlines = new ArrayList<>();
            for (Piece piece : Template.parse(text)) {
                if (piece instanceof Piece.Expression(String source)) {
                    outlines.add(OutlineReader.outline(source, programs.compile(source)));
                }
            }
            return outlines;
        } catch (CannotResolve e) {
            return List.of();
        }
    }

    private static String bare(String condition) throws CannotResolve {
        String trimmed = condition.strip();
        if (!trimmed.contains(Template.OPEN)) {
            return trimmed;
        }
        List<Piece> pieces = Template.parse(trimmed);
        if (pieces.size() == 1 && pieces.getFirst() instanceof Piece.Expression(String source)) {
            return source;
        }
        throw new CannotResolve(trimmed, "a condition is one expression, in ${{ }} wholly or not at all");
    }

    private static String typeOf(Object value) {
        return switch (value) {
            case String _ -> "a text";
            case Number _ -> "a number";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a map";
            case Object _ -> "something else";
        };
    }

    /** One template against one scope: the outputs share one budget. */
    private final class Resolution {
        private final JsonNode scope;
        private final JsonOutput output = new JsonOutput(MAX_OUTPUT);

        private Resolution(JsonNode scope) {
            this.scope = scope;
        }

        private JsonNode resolve(JsonNode node) throws CannotResolve {
            if (node instanceof ObjectNode object) {
                ObjectNode resolved = JsonNodeFactory.instance.objectNode();
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    resolved.set(field.getKey(), resolve(field.getValue()));
                }
                return resolved;
            }
            if (node instanceof ArrayNode array) {
                ArrayNode resolved = JsonNodeFactory.instance.arrayNode(array.size());
                for (JsonNode element : array) {
                    resolved.add(resolve(element));
                }
                return resolved;
            }
            return node.isTextual() ? resolveText(node.textValue()) : node;
        }

        private JsonNode resolveText(String text) throws CannotResolve {
            List<Piece> pieces = Template.parse(text);
            if (pieces.size() == 1 && pieces.getFirst() instanceof Piece.Expression(String source)) {
                return output.json(source, programs.evaluate(source, scope));
            }
            StringBuilder resolved = new StringBuilder();
            for (Piece piece : pieces) {
                switch (piece) {
                    case Piece.Literal(String literal) -> resolved.append(literal);
                    case Piece.Expression(String source) ->
                        resolved.append(output.text(source, programs.evaluate(source, scope)));
                }
            }
            return TextNode.valueOf(resolved.toString());
        }
    }
}
