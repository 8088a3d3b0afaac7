package dev.tiphys.gateway.filter;

import dev.tiphys.gateway.filter.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Translates Argo's expression language (expr-lang) to CEL: literals, names and members, {@code ?.} and {@code ??}, and, or,
 * not, comparisons, {@code in}, {@code contains}, {@code startsWith}, {@code endsWith}, {@code matches}, {@code len} and the
 * ternary. Where both languages differ, the translation keeps the meaning: a member that is missing is nil, an error on the
 * left of {@code or} is an error. Everything else is not translated at all.
 */
public final class ArgoExpression {
    /** The variable that holds the payload in the translation. */
    static final String PAYLOAD = "payload";

    /** Nil, of no type: CEL knows before it runs that null and a text are not equal, and Argo does not. */
    private static final String NIL = "dyn(null)";

    private static final int LONGEST = 4_000;
    private static final int DEEPEST = 20;

    /** What binds tighter has a higher number. */
    private static final Map<String, Integer> BINARY = Map.ofEntries(
            Map.entry("or", 10),
            Map.entry("||", 10),
            Map.entry("and", 15),
            Map.entry("&&", 15),
            Map.entry("==", 20),
            Map.entry("!=", 20),
            Map.entry("<", 20),
            Map.entry(">", 20),
            Map.entry("<=", 20),
            Map.entry(">=", 20),
            Map.entry("in", 20),
            Map.entry("not", 20),
            Map.entry("contains", 20),
            Map.entry("startsWith", 20),
            Map.entry("endsWith", 20),
            Map.entry("matches", 20),
            Map.entry("??", 500));

    private static final int NOT = 50;

    private final List<Token> tokens;
    private int at;
    private int depth;
    private int names;

    private ArgoExpression(List<Token> tokens) {
        this.tokens = tokens;
    }

    /** What comes of a translation. */
    public sealed interface Translation {
        /** CEL that means the same. */
        record Translated(String cel) implements Translation {}

        /** It says something that is not translated. */
        record Untranslatable(String reason) implements Translation {}
    }

    /** A part in CEL, and whether it is a literal, which is never nil. */
    private record Part(String cel, boolean literal) {
        static Part of(String cel) {
            return new Part(cel, false);
        }
    }

    /** {@return the translation} */
    public static Translation translate(String expression) {
        if (expression.length() > LONGEST) {
            return new Translation.Untranslatable("an expression has up to " + LONGEST + " signs");
        }
        try {
            ArgoExpression parser = new ArgoExpression(Token.all(expression));
            String cel = parser.expression(0).cel();
            parser.expect("");
            return new Translation.Translated(cel);
        } catch (Untranslated e) {
            return new Translation.Untranslatable(e.reason());
        }
    }

    private Part expression(int least) throws Untranslated {
        if (++depth > DEEPEST) {
            throw new Untranslated("it is nested more than " + DEEPEST + " levels deep", next());
        }
        Part left = unary();
        while (BINARY.getOrDefault(next().operator(), -1) >= Math.max(least, 1)) {
            left = binary(left);
        }
        if (least == 0 && next().is("?")) {
            left = ternary(left);
        }
        depth--;
        return left;
    }

    private Part ternary(Part condition) throws Untranslated {
        expect("?");
        Part yes = expression(0);
        expect(":");
        Part no = expression(0);
        return Part.of("(" + condition.cel() + " ? " + yes.cel() + " : " + no.cel() + ")");
    }

    private Part binary(Part left) throws Untranslated {
        String operator = next().operator();
        int binds = BINARY.getOrDefault(operator, 0);
        at++;
        if (operator.equals("not")) {
            if (!next().is("in")) {
                throw new Untranslated("after a value, only 'not in' is understood", next());
            }
            at++;
            return Part.of("!" + in(left, expression(binds + 1)).cel());
        }
        Part right = expression(binds + 1);
        return switch (operator) {
            // CEL's own forgive an error on one side; Argo's do not.
            case "or", "||" -> Part.of("(" + left.cel() + " ? true : " + right.cel() + ")");
            case "and", "&&" -> Part.of("(" + left.cel() + " ? " + right.cel() + " : false)");
            case "in" -> in(left, right);
            case "contains", "startsWith", "endsWith", "matches" -> text(operator, left, right);
            case "??" -> {
                String name = name();
                yield Part.of("[" + left.cel() + "].map(" + name + ", " + name + " == null ? " + right.cel() + " : "
                        + name + ")[0]");
            }
            default -> Part.of("(" + left.cel() + " " + operator + " " + right.cel() + ")");
        };
    }

    /** Nothing is in nil. */
    private Part in(Part left, Part right) {
        return Part.of(unlessNil(right, list -> "(" + left.cel() + " in " + list + ")"));
    }

    /** Nil contains nothing and begins with nothing. */
    private Part text(String operator, Part left, Part right) {
        return Part.of(
                unlessNil(left, text -> unlessNil(right, wanted -> "(" + text + "." + operator + "(" + wanted + "))")));
    }

    private String unlessNil(Part part, java.util.function.UnaryOperator<String> use) {
        if (part.literal()) {
            return use.apply(part.cel());
        }
        String name = name();
        return "[" + part.cel() + "].map(" + name + ", " + name + " == null ? false : " + use.apply(name) + ")[0]";
    }

    private Part unary() throws Untranslated {
        Token token = next();
        if (token.is("not") || token.is("!")) {
            at++;
            return Part.of("!(" + expression(NOT).cel() + ")");
        }
        if (token.is("-")) {
            at++;
            Token number = next();
            if (number.kind() != Kind.NUMBER) {
                throw new Untranslated("a minus stands only before a number", number);
            }
            at++;
            return new Part("-" + number.text(), true);
        }
        return members(primary());
    }

    private Part members(Part whole) throws Untranslated {
        Part part = whole;
        boolean optional = false;
        while (next().is(".") || next().is("?.") || next().is("[")) {
            Token token = next();
            at++;
            if (optional && !token.is("?.")) {
                throw new Untranslated("after ?. the rest of the chain needs ?. too", token);
            }
            optional = token.is("?.");
            part = Part.of(member(part.cel(), token));
        }
        if (next().is("(")) {
            throw new Untranslated("methods are not understood", next());
        }
        return part;
    }

    private String member(String whole, Token token) throws Untranslated {
        if (token.is("[")) {
            Token index = next();
            at++;
            expect("]");
            return switch (index.kind()) {
                case STRING -> whole + "[?" + Token.quoted(index.text()) + "].orValue(" + NIL + ")";
                case NUMBER -> whole + "[" + index.text() + "]";
                case NAME, SIGN, END -> throw new Untranslated("an index is a text or a number", index);
            };
        }
        Token name = next();
        if (name.kind() != Kind.NAME) {
            throw new Untranslated("a name is expected", name);
        }
        at++;
        String key = "[?" + Token.quoted(name.text()) + "].orValue(" + NIL + ")";
        if (token.is(".")) {
            return whole + key;
        }
        String base = name();
        return "[" + whole + "].map(" + base + ", " + base + " == null ? " + NIL + " : " + base + key + ")[0]";
    }

    private Part primary() throws Untranslated {
        Token token = next();
        at++;
        return switch (token.kind()) {
            case NUMBER -> new Part(token.text(), true);
            case STRING -> new Part(Token.quoted(token.text()), true);
            case NAME -> named(token);
            case SIGN -> {
                if (token.is("(")) {
                    Part inner = expression(0);
                    expect(")");
                    yield new Part("(" + inner.cel() + ")", inner.literal());
                }
                if (token.is("[")) {
                    yield list();
                }
                throw new Untranslated("a value is expected", token);
            }
            case END -> throw new Untranslated("a value is expected", token);
        };
    }

    private Part named(Token token) throws Untranslated {
        return switch (token.text()) {
            case "true", "false" -> new Part(token.text(), true);
            case "nil" -> Part.of(NIL);
            case "len" -> {
                expect("(");
                Part inner = expression(0);
                expect(")");
                yield Part.of("size(" + inner.cel() + ")");
            }
            default -> {
                if (next().is("(")) {
                    throw new Untranslated("the function " + token.text() + " is not understood", token);
                }
                // What is not there at all is an error, as it is to Argo.
                yield Part.of(PAYLOAD + "[" + Token.quoted(token.text()) + "]");
            }
        };
    }

    private Part list() throws Untranslated {
        List<String> elements = new ArrayList<>();
        while (!next().is("]")) {
            elements.add(expression(0).cel());
            if (!next().is("]")) {
                expect(",");
            }
        }
        expect("]");
        return new Part("[" + String.join(", ", elements) + "]", true);
    }

    private String name() {
        return "v" + names++;
    }

    private Token next() {
        return tokens.get(Math.min(at, tokens.size() - 1));
    }

    private void expect(String text) throws Untranslated {
        if (!next().is(text)) {
            throw new Untranslated((text.isEmpty() ? "the end" : "'" + text + "'") + " is expected", next());
        }
        at++;
    }
}
