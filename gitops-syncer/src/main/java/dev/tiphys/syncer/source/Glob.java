package dev.tiphys.syncer.source;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A glob as Argo CD's directory source reads it: {@code *} and {@code **} match anything, also slashes; {@code ?} one
 * character; {@code [a-z]} and {@code [!a-z]} one of a set; {@code {a,b}} one of several; a backslash takes the next
 * character as it is. What is not closed stands for itself. Matching takes at most pattern times text steps.
 */
final class Glob {
    /** More alternatives than anybody writes; further ones are not expanded. */
    private static final int MAX_ALTERNATIVES = 256;

    private sealed interface Token {}

    private record Literal(int codePoint) implements Token {}

    private record AnyText() implements Token {}

    private record AnyOne() implements Token {}

    private record OneOf(boolean negated, List<int[]> ranges) implements Token {
        boolean has(int codePoint) {
            return negated != ranges.stream().anyMatch(range -> range[0] <= codePoint && codePoint <= range[1]);
        }
    }

    private final List<List<Token>> alternatives;

    private Glob(List<List<Token>> alternatives) {
        this.alternatives = alternatives;
    }

    static Glob of(String pattern) {
        List<String> expanded = new ArrayList<>();
        expand(pattern, expanded);
        return new Glob(expanded.stream().map(Glob::tokens).toList());
    }

    boolean matches(String text) {
        int[] codePoints = text.codePoints().toArray();
        return alternatives.stream().anyMatch(tokens -> matches(tokens, codePoints));
    }

    private static boolean matches(List<Token> tokens, int[] text) {
        BitSet reached = new BitSet(tokens.size() + 1);
        reached.set(0);
        skipEmpty(tokens, reached);
        for (int codePoint : text) {
            BitSet next = new BitSet(tokens.size() + 1);
            for (int at = reached.nextSetBit(0); at >= 0 && at < tokens.size(); at = reached.nextSetBit(at + 1)) {
                Token token = tokens.get(at);
                if (takes(token, codePoint)) {
                    next.set(token instanceof AnyText ? at : at + 1);
                }
            }
            skipEmpty(tokens, next);
            reached = next;
        }
        return reached.get(tokens.size());
    }

    /** A star may match nothing. */
    private static void skipEmpty(List<Token> tokens, BitSet reached) {
        for (int at = 0; at < tokens.size(); at++) {
            if (reached.get(at) && tokens.get(at) instanceof AnyText) {
                reached.set(at + 1);
            }
        }
    }

    private static boolean takes(Token token, int codePoint) {
        return switch (token) {
            case Literal literal -> literal.codePoint() == codePoint;
            case AnyText _, AnyOne _ -> true;
            case OneOf set -> set.has(codePoint);
        };
    }

    private static void expand(String pattern, List<String> into) {
        int open = unescaped(pattern, '{', 0);
        int close = open < 0 ? -1 : closing(pattern, open);
        if (close < 0 || into.size() >= MAX_ALTERNATIVES) {
            into.add(pattern);
            return;
        }
        String before = pattern.substring(0, open);
        String after = pattern.substring(close + 1);
        for (String choice : choices(pattern.substring(open + 1, close))) {
            expand(before + choice + after, into);
        }
    }

    private static int unescaped(String text, char wanted, int from) {
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                at++;
            } else if (text.charAt(at) == wanted) {
                return at;
            }
        }
        return -1;
    }

    private static int closing(String text, int open) {
        int depth = 0;
        for (int at = open; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return at;
            }
        }
        return -1;
    }

    private static List<String> choices(String inside) {
        List<String> choices = new ArrayList<>();
        int depth = 0;
        int begin = 0;
        for (int at = 0; at < inside.length(); at++) {
            char c = inside.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}') {
                depth--;
            } else if (c == ',' && depth == 0) {
                choices.add(inside.substring(begin, at));
                begin = at + 1;
            }
        }
        choices.add(inside.substring(begin));
        return choices;
    }

    private static List<Token> tokens(String pattern) {
        int[] text = pattern.codePoints().toArray();
        List<Token> tokens = new ArrayList<>();
        for (int at = 0; at < text.length; at++) {
            switch (text[at]) {
                case '*' -> {
                    if (tokens.isEmpty() || !(tokens.getLast() instanceof AnyText)) {
                        tokens.add(new AnyText());
                    }
                }
                case '?' -> tokens.add(new AnyOne());
                case '\\' -> tokens.add(new Literal(at + 1 < text.length ? text[++at] : '\\'));
                case '[' -> {
                    int close = closingBracket(text, at);
                    tokens.add(close < 0 ? new Literal('[') : oneOf(text, at + 1, close));
                    at = close < 0 ? at : close;
                }
                default -> tokens.add(new Literal(text[at]));
            }
        }
        return tokens;
    }

    private static int closingBracket(int[] text, int open) {
        for (int at = open + 2; at < text.length; at++) {
            if (text[at] == ']') {
                return at;
            }
        }
        return -1;
    }

    private static OneOf oneOf(int[] text, int from, int to) {
        boolean negated = text[from] == '!' || text[from] == '^';
        List<int[]> ranges = new ArrayList<>();
        for (int at = negated ? from + 1 : from; at < to; at++) {
            if (at + 2 < to && text[at + 1] == '-') {
                ranges.add(new int[] {text[at], text[at + 2]});
                at += 2;
            } else {
                ranges.add(new int[] {text[at], text[at]});
            }
        }
        return new OneOf(negated, ranges);
    }
}
