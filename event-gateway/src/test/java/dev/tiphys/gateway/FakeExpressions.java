package dev.tiphys.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.platform.expression.Expressions;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Knows one expression that cannot be read: the gateway only asks for the syntax. */
@Singleton
@Alternative
@Priority(1)
final class FakeExpressions implements Expressions {
    @Override
    public Result<JsonNode> resolve(JsonNode template, JsonNode scope) {
        throw new UnsupportedOperationException("the gateway resolves nothing");
    }

    @Override
    public Result<Boolean> test(String condition, JsonNode scope) {
        throw new UnsupportedOperationException("the gateway decides nothing");
    }

    @Override
    public @Nullable String check(String text) {
        return text.contains("broken") ? "expected an operand" : null;
    }
}
