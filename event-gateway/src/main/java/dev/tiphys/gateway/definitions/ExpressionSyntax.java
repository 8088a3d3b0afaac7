package dev.tiphys.gateway.definitions;

import org.jspecify.annotations.Nullable;

/** Knows the syntax of expressions. */
@FunctionalInterface
public interface ExpressionSyntax {

    /** {@return what is wrong with the expressions in a text; null if nothing} */
    @Nullable
    String wrongWith(String text);
}
