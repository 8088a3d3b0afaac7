package dev.tiphys.platform.expression;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at expressions without running them. Pure and thread-safe. */
public interface Outlines {

    /** {@return the outlines of the expressions in a text; none if one of them cannot be read} */
    List<Outline> outlines(String text);

    /**
     * What is known of an expression before it runs.
     *
     * @param source as written, without <code>${{ }}</code>
     * @param variables the names that must be there, or it cannot be resolved
     * @param reads what it reads of them
     * @param asked what it asks for before it reads, by {@code has} or {@code in}
     * @param neverBoolean what its value is, if that is known and no boolean; null else
     */
    record Outline(
            String source,
            Set<String> variables,
            List<Read> reads,
            List<List<String>> asked,
            @Nullable String neverBoolean) {
        public Outline {
            variables = Set.copyOf(variables);
            reads = List.copyOf(reads);
            asked = List.copyOf(asked);
        }
    }

    /**
     * A variable, or a part of one, that an expression reads.
     *
     * @param path the variable and the fields below it, as far as they are spelt out
     * @param certain whether it cannot be resolved without it: false on one side of {@code &&}, {@code ||} or {@code ?:}, and
     *     within macros
     */
    record Read(List<String> path, boolean certain) {
        public Read {
            path = List.copyOf(path);
        }
    }
}
