package dev.tiphys.platform.expression.cel;

import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerLibrary;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import java.util.List;

/**
 * {@code replace} and {@code join} of CEL's strings extension, bounded: each could make a text of gigabytes from two of
 * a megabyte before anybody saw its result.
 */
final class BoundedStrings implements CelCompilerLibrary, CelRuntimeLibrary {
    static final BoundedStrings INSTANCE = new BoundedStrings();

    private static final String REPLACE = "bounded_replace_string_string_string";
    private static final String JOIN = "bounded_join_list";
    private static final String JOIN_WITH = "bounded_join_list_string";

    private BoundedStrings() {}

    @Override
    public void setCheckerOptions(CelCheckerBuilder checker) {
        checker.addFunctionDeclarations(
                CelFunctionDecl.newFunctionDeclaration(
                        "replace",
                        CelOverloadDecl.newMemberOverload(
                                REPLACE, SimpleType.STRING, SimpleType.STRING, SimpleType.STRING, SimpleType.STRING)),
                CelFunctionDecl.newFunctionDeclaration(
                        "join",
                        CelOverloadDecl.newMemberOverload(JOIN, SimpleType.STRING, ListType.create(SimpleType.STRING)),
                        CelOverloadDecl.newMemberOverload(
                                JOIN_WITH, SimpleType.STRING, ListType.create(SimpleType.STRING), SimpleType.STRING)));
    }

    @Override
    public void setRuntimeOptions(CelRuntimeBuilder runtime) {
        runtime.addFunctionBindings(
                CelFunctionBinding.from(
                        REPLACE,
                        List.of(String.class, String.class, String.class),
                        arguments -> replace((String) arguments[0], (String) arguments[1], (String) arguments[2])),
                CelFunctionBinding.from(JOIN, List.class, elements -> join(elements, "")),
                CelFunctionBinding.from(JOIN_WITH, List.class, String.class, BoundedStrings::join));
    }

    private static String replace(String text, String wanted, String replacement) {
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("replace wants a text that is not empty");
        }
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, from)) {
            append(replaced, text.substring(from, at));
            append(replaced, replacement);
            from = at + wanted.length();
        }
        append(replaced, text.substring(from));
        return replaced.toString();
    }

    private static String join(List<?> elements, String separator) {
        StringBuilder joined = new StringBuilder();
        boolean first = true;
        for (Object element : elements) {
            if (!first) {
                append(joined, separator);
            }
            if (!(element instanceof String text)) {
                throw new IllegalArgumentException("join wants a list of texts; say .map(x, string(x)) before it");
            }
            append(joined, text);
            first = false;
        }
        return joined.toString();
    }

    private static void append(StringBuilder target, String text) {
        if (target.length() + text.length() > Budget.MAX_TEXT) {
            throw new Budget.Exceeded();
        }
        target.append(text);
    }
}
