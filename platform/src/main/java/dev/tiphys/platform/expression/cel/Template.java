package dev.tiphys.platform.expression.cel;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into literals and expressions. <code>$${{</code> stands for a literal <code>${{</code>. An expression ends
 * at the first <code>}}</code> that is neither in a string of CEL nor closes its own braces.
 */
final class Template {
    static final String OPEN = "${{";
    private static final String ESCAPED_OPEN = "$" + OPEN;
    private static final String CLOSE = "}}";

    /** A part of a text. */
    sealed interface Piece {
        /** Text as it is. */
        record Literal(String text) implements Piece {}

        /** The source between the braces, without the spaces around it. */
        record Expression(String source) implements Piece {}
    }

    private final String text;
    private final List<Piece> pieces = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();

    private Template(String text) {
        this.text = text;
    }

    static List<Piece> parse(String text) throws CannotResolve {
        return text.contains(OPEN) ? new Template(text).cut() : List.of(new Piece.Literal(text));
    }

    private List<Piece> cut() throws CannotResolve {
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith(ESCAPED_OPEN, at)) {
                literal.append(OPEN);
                at += ESCAPED_OPEN.length();
            } else if (text.startsWith(OPEN, at)) {
                endLiteral();
                int end = endOfExpression(at + OPEN.length());
                pieces.add(new Piece.Expression(
                        text.substring(at + OPEN.length(), end).strip()));
                at = end + CLOSE.length();
            } else {
                literal.append(text.charAt(at++));
            }
        }
        endLiteral();
        return List.copyOf(pieces);
    }

    private void endLiteral() {
        if (!literal.isEmpty()) {
            pieces.add(new Piece.Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private int endOfExpression(int start) throws CannotResolve {
        int at = start;
        int braces = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                at = endOfString(at, isRaw(start, at));
            } else if (braces == 0 && text.startsWith(CLOSE, at)) {
                return at;
            } else {
                braces += c == '{' ? 1 : c == '}' ? -1 : 0;
                at++;
            }
        }
        throw new CannotResolve(text.substring(start - OPEN.length()), "${{ is not closed by }}");
    }

    /** Whether a prefix like {@code r}, {@code rb} or {@code bR} makes backslashes ordinary. */
    private boolean isRaw(int start, int quote) {
        for (int at = quote - 1; at >= start && "rRbB".indexOf(text.charAt(at)) >= 0; at--) {
            if (text.charAt(at) == 'r' || text.charAt(at) == 'R') {
                return true;
            }
        }
        return false;
    }

    /** {@return the place after the string; the text's end if it is not closed, so that the expression is not either} */
    private int endOfString(int start, boolean raw) {
        String quote = text.substring(start, start + 1);
        String delimiter = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
        int at = start + delimiter.length();
        while (at < text.length()) {
            if (text.startsWith(delimiter, at)) {
                return at + delimiter.length();
            }
            at += text.charAt(at) == '\\' && !raw ? 2 : 1;
        }
        return text.length();
    }
}
