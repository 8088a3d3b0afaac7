package dev.tiphys.platform.expression.cel;

import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationListener;
import java.util.Collection;
import java.util.Map;

/**
 * Ends an evaluation that does too much or grows too large: it sees every intermediate value, and a large one costs more
 * than a small one, since whatever reads it next takes longer.
 */
final class Budget implements CelEvaluationListener {
    static final int MAX_TEXT = 1024 * 1024;
    static final String REASON = "it takes too many steps or grows too large";

    private static final int MAX_ELEMENTS = 100_000;
    private static final long MAX_COST = 2_000_000;
    private static final int FREE_SIZE = 128;

    private long cost;

    /** Passes through CEL to the caller. */
    static final class Exceeded extends RuntimeException {
        Exceeded() {
            super(REASON, null, false, false);
        }
    }

    @Override
    public void callback(CelExpr expression, Object value) {
        cost += 1 + sizeOf(value) / FREE_SIZE;
        if (cost > MAX_COST) {
            throw new Exceeded();
        }
    }

    private static int sizeOf(Object value) {
        return switch (value) {
            case String text -> bounded(text.length(), MAX_TEXT);
            case dev.cel.common.values.CelByteString bytes -> bounded(bytes.size(), MAX_TEXT);
            case JsonView.Part part -> part.size();
            case Collection<?> elements -> count(elements, 0);
            case Map<?, ?> entries -> count(entries.values(), 0);
            case Object _ -> 0;
        };
    }

    /**
     * Counts a part as often as it appears: a list of forty levels, each twice the same list, is small in memory, but whoever
     * walks it, CEL first, never comes to its end. JSON of the scope is a tree and need not be walked.
     */
    private static int count(Collection<?> elements, int before) {
        int count = bounded(before + elements.size(), MAX_ELEMENTS);
        for (Object element : elements) {
            count = switch (element) {
                case JsonView.Part part -> bounded(count + part.size(), MAX_ELEMENTS);
                case Collection<?> nested -> count(nested, count);
                case Map<?, ?> nested -> count(nested.values(), count);
                case Object _ -> count;
            };
        }
        return count;
    }

    private static int bounded(int size, int limit) {
        if (size > limit) {
            throw new Exceeded();
        }
        return size;
    }
}
