package dev.tiphys.platform.expression.cel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions.Function;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime.Program;
import dev.cel.runtime.CelUnknownSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compiles, keeps and runs programs. No function does I/O or reads a clock; sizes, steps and iterations are bounded.
 * Thread-safe.
 */
final class Programs {
    private static final int MAX_CACHED = 2_000;
    private static final int MAX_SOURCE = 4_096;
    private static final int MAX_NODES = 1_000;
    private static final int MAX_DEPTH = 50;
    private static final int MAX_ITERATIONS = 10_000;

    /** Identifiers that CEL itself gives a meaning: a variable of that name would hide it. */
    private static final Set<String> TYPES =
            Set.of("bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "optional");

    private static final CelOptions OPTIONS = CelOptions.current()
            .enableOptionalSyntax(true)
            .enableHeterogeneousNumericComparisons(true)
            .maxExpressionCodePointSize(MAX_SOURCE)
            .maxParseExpressionNodeCount(MAX_NODES)
            .maxParseRecursionDepth(MAX_DEPTH)
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .maxRegexProgramSize(1_000)
            .build();

    private static final Cel LANGUAGE = CelFactory.plannerCelBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addCompilerLibraries(CelExtensions.optional(), strings(), BoundedStrings.INSTANCE)
            .addRuntimeLibraries(CelExtensions.optional(), strings(), BoundedStrings.INSTANCE)
            .build();

    private final Map<String, Compiled> cache = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Compiled> eldest) {
            return size() > MAX_CACHED;
        }
    };

    /**
     * A program and the variables that it needs.
     *
     * @param names every name in it, those within macros too, which may hide a variable
     * @param variables the names that can only be variables
     * @param checked its tree, with the type of every part of it
     */
    record Compiled(Program program, Set<String> names, Set<String> variables, CelAbstractSyntaxTree checked) {
        Compiled {
            names = Set.copyOf(names);
            variables = Set.copyOf(variables);
        }
    }

    private static dev.cel.extensions.CelStringExtensions strings() {
        return CelExtensions.strings(Set.of(
                Function.CHAR_AT,
                Function.INDEX_OF,
                Function.LAST_INDEX_OF,
                Function.LOWER_ASCII,
                Function.UPPER_ASCII,
                Function.SPLIT,
                Function.SUBSTRING,
                Function.TRIM,
                Function.QUOTE));
    }

    /**
     * {@return the expression's value in CEL's Java types, no optional}
     *
     * @param scope an object whose fields are the variables
     */
    Object evaluate(String source, JsonNode scope) throws CannotResolve {
        Compiled compiled = compile(source);
        for (String variable : new TreeSet<>(compiled.variables())) {
            if (!scope.has(variable)) {
                throw new CannotResolve(source, "there is no " + variable, JsonView.keys(scope));
            }
        }
        JsonView view = new JsonView();
        Object value = run(source, compiled, view, scope);
        return present(source, value);
    }

    Compiled compile(String source) throws CannotResolve {
        synchronized (cache) {
            Compiled known = cache.get(source);
            if (known != null) {
                return known;
            }
        }
        Compiled compiled = translate(source);
        synchronized (cache) {
            cache.put(source, compiled);
        }
        return compiled;
    }

    private static Compiled translate(String source) throws CannotResolve {
        if (source.isBlank()) {
            throw new CannotResolve(source, "there is nothing between ${{ and }}");
        }
        try {
            CelAbstractSyntaxTree parsed = valid(source, LANGUAGE.parse(source));
            Set<String> identifiers = new TreeSet<>();
            Set<String> ofMacros = new TreeSet<>();
            CelNavigableAst.fromAst(parsed).getRoot().allNodes().forEach(node -> collect(node, identifiers, ofMacros));
            identifiers.removeAll(TYPES);
            CelBuilder builder = LANGUAGE.toCelBuilder();
            identifiers.forEach(name -> builder.addVar(name, SimpleType.DYN));
            Cel cel = builder.build();
            CelAbstractSyntaxTree checked = valid(source, cel.check(parsed));
            Program program = cel.createProgram(checked);
            Set<String> variables = new TreeSet<>(identifiers);
            variables.removeAll(ofMacros);
            return new Compiled(program, identifiers, variables, checked);
        } catch (CelEvaluationException | CelValidationException e) {
            throw new CannotResolve(source, reason(e));
        }
    }

    private static void collect(CelNavigableExpr node, Set<String> identifiers, Set<String> ofMacros) {
        if (node.getKind() == Kind.IDENT && !node.expr().ident().name().startsWith("@")) {
            identifiers.add(node.expr().ident().name());
        }
        if (node.getKind() == Kind.COMPREHENSION) {
            ofMacros.add(node.expr().comprehension().iterVar());
            ofMacros.add(node.expr().comprehension().iterVar2());
        }
    }

    private static CelAbstractSyntaxTree valid(String source, CelValidationResult result)
            throws CannotResolve, CelValidationException {
        if (result.hasError()) {
            throw new CannotResolve(
                    source, result.getErrors().stream().map(Programs::place).collect(Collectors.joining("; ")));
        }
        return result.getAst();
    }

    private static String place(CelIssue issue) {
        return "column " + (issue.getSourceLocation().getColumn() + 1) + ": " + shortened(issue.getMessage());
    }

    private static Object run(String source, Compiled compiled, JsonView view, JsonNode scope) throws CannotResolve {
        try {
            return compiled.program().trace(view.variables(compiled.names(), scope), new Budget());
        } catch (CelEvaluationException e) {
            throw switch (e.getErrorCode()) {
                case ATTRIBUTE_NOT_FOUND -> view.missed(source, reason(e));
                case ITERATION_BUDGET_EXCEEDED ->
                    new CannotResolve(source, "it iterates more than " + MAX_ITERATIONS + " times");
                case INTERNAL_ERROR,
                        INDEX_OUT_OF_BOUNDS,
                        DIVIDE_BY_ZERO,
                        DUPLICATE_ATTRIBUTE,
                        INVALID_ARGUMENT,
                        OVERLOAD_NOT_FOUND,
                        AMBIGUOUS_OVERLOAD,
                        TYPE_NOT_FOUND,
                        NUMERIC_OVERFLOW,
                        BAD_FORMAT -> new CannotResolve(source, reason(e));
            };
        } catch (Budget.Exceeded e) {
            throw new CannotResolve(source, Budget.REASON);
        }
    }

    private static Object present(String source, Object value) throws CannotResolve {
        return switch (value) {
            case java.util.Optional<?> optional when optional.isPresent() -> present(source, optional.get());
            case java.util.Optional<?> _ ->
                throw new CannotResolve(source, "it is an optional without a value; say .orValue(…)");
            case CelUnknownSet _ -> throw new CannotResolve(source, "a variable is missing", List.of());
            case Object known -> known;
        };
    }

    private static String reason(Exception failure) {
        return shortened(String.valueOf(failure.getMessage()).replaceFirst("^evaluation error at <input>:\\d+: ", ""));
    }

    private static String shortened(String message) {
        String first = message.replaceFirst("(?s)\\.? (Overload candidates|\\(candidates): .*", "");
        return first.length() > 300 ? first.substring(0, 300) + "…" : first;
    }
}
