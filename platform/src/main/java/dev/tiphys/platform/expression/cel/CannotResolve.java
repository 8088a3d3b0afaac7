package dev.tiphys.platform.expression.cel;

import dev.tiphys.platform.expression.Expressions.Unresolved;
import java.util.List;

/** Ends a resolution on its way to {@link Unresolved}; never leaves this package. */
final class CannotResolve extends Exception {
    private final String expression;
    private final String reason;
    private final List<String> known;

    CannotResolve(String expression, String reason) {
        this(expression, reason, List.of());
    }

    CannotResolve(String expression, String reason, List<String> known) {
        super(reason, null, false, false);
        this.expression = expression;
        this.reason = reason;
        this.known = known;
    }

    String expression() {
        return expression;
    }

    String reason() {
        return reason;
    }

    <T> Unresolved<T> asResult() {
        return new Unresolved<>(expression, reason, known);
    }
}
