package dev.tiphys.platform.expression.cel;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.types.CelKind;
import dev.tiphys.platform.expression.Outlines.Outline;
import dev.tiphys.platform.expression.Outlines.Read;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads off the tree of an expression what it names. */
final class OutlineReader {
    private static final Set<String> EITHER = Set.of("_&&_", "_||_", "_?_:_");
    private static final Map<CelKind, String> NO_BOOLEANS = Map.of(
            CelKind.INT, "a number",
            CelKind.UINT, "a number",
            CelKind.DOUBLE, "a number",
            CelKind.STRING, "a text",
            CelKind.LIST, "a list",
            CelKind.MAP, "a map",
            CelKind.NULL_TYPE, "nothing");

    private final List<Read> reads = new ArrayList<>();
    private final List<List<String>> asked = new ArrayList<>();

    private OutlineReader() {}

    static Outline outline(String source, Programs.Compiled compiled) {
        OutlineReader reader = new OutlineReader();
        reader.visit(compiled.checked().getExpr(), Set.of(), true);
        return new Outline(
                source,
                compiled.variables(),
                reader.reads,
                reader.asked,
                NO_BOOLEANS.get(compiled.checked().getResultType().kind()));
    }

    private void visit(CelExpr node, Set<String> bound, boolean certain) {
        List<String> path = path(node);
        if (path != null) {
            if (!bound.contains(path.getFirst())) {
                reads.add(new Read(path, certain));
            }
            return;
        }
        switch (node.exprKind().getKind()) {
            case SELECT -> select(node.select(), bound, certain);
            case CALL -> call(node.call(), bound, certain);
            case LIST -> node.list().elements().forEach(element -> visit(element, bound, certain));
            case MAP ->
                node.map().entries().forEach(entry -> {
                    visit(entry.key(), bound, certain);
                    visit(entry.value(), bound, certain);
                });
            case STRUCT -> node.struct().entries().forEach(entry -> visit(entry.value(), bound, certain));
            case COMPREHENSION -> comprehension(node.comprehension(), bound, certain);
            case CONSTANT, IDENT, NOT_SET -> {}
        }
    }

    private void select(CelExpr.CelSelect select, Set<String> bound, boolean certain) {
        List<String> of = path(select.operand());
        if (select.testOnly() && of != null) {
            ask(of, select.field());
        }
        visit(select.operand(), bound, certain);
    }

    private void call(CelExpr.CelCall call, Set<String> bound, boolean certain) {
        call.target().ifPresent(target -> visit(target, bound, certain));
        List<CelExpr> args = call.args();
        String name = call.function().equals("@in") ? textOf(args.getFirst()) : null;
        List<String> of = name == null ? null : path(args.getLast());
        if (name != null && of != null) {
            ask(of, name);
        }
        boolean either = EITHER.contains(call.function());
        for (int i = 0; i < args.size(); i++) {
            boolean always = !either || (i == 0 && call.function().equals("_?_:_"));
            visit(args.get(i), bound, certain && always);
        }
    }

    private void ask(List<String> of, String name) {
        List<String> path = new ArrayList<>(of);
        path.add(name);
        asked.add(path);
    }

    private void comprehension(CelComprehension macro, Set<String> bound, boolean certain) {
        visit(macro.iterRange(), bound, certain);
        visit(macro.accuInit(), bound, certain);
        Set<String> inner = new HashSet<>(bound);
        inner.add(macro.iterVar());
        inner.add(macro.iterVar2());
        inner.add(macro.accuVar());
        visit(macro.loopCondition(), inner, false);
        visit(macro.loopStep(), inner, false);
        visit(macro.result(), inner, false);
    }

    /** {@return the variable and the fields that a node selects, one of the other; null if it is something else} */
    private static @Nullable List<String> path(CelExpr node) {
        Kind kind = node.exprKind().getKind();
        if (kind == Kind.IDENT) {
            return List.of(node.ident().name());
        }
        String field = null;
        CelExpr of = null;
        if (kind == Kind.SELECT && !node.select().testOnly()) {
            field = node.select().field();
            of = node.select().operand();
        } else if (kind == Kind.CALL && node.call().function().equals("_[_]")) {
            field = textOf(node.call().args().getLast());
            of = node.call().args().getFirst();
        }
        List<String> start = field == null || of == null ? null : path(of);
        if (start == null || field == null) {
            return null;
        }
        List<String> path = new ArrayList<>(start);
        path.add(field);
        return path;
    }

    private static @Nullable String textOf(CelExpr node) {
        return node.exprKind().getKind() == Kind.CONSTANT && node.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? node.constant().stringValue()
                : null;
    }
}
