package dev.tiphys.gateway.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A word of an expression.
 *
 * @param text as written; of a string, what it says; empty at the end
 */
record Token(Kind kind, String text) {
    private static final Pattern WORDS = Pattern.compile("\\s*+(?:"
            + "(?<number>[0-9][0-9_]*+(?:\\.[0-9]++)?(?![\\w.]))"
            + "|(?<name>[A-Za-z_][A-Za-z0-9_]*+)"
            + "|(?<double>\"(?:[^\"\\\\\\n]|\\\\.)*+\")"
            + "|(?<single>'(?:[^'\\\\\\n]|\\\\.)*+')"
            + "|(?<raw>`[^`]*+`)"
            + "|(?<sign>\\?\\?|\\?\\.|==|!=|<=|>=|&&|\\|\\||[<>!?:.,()\\[\\]-])"
            + "|(?<end>$)"
            + ")");
    private static final Map<Character, Character> ESCAPES =
            Map.of('n', '\n', 't', '\t', 'r', '\r', 'b', '\b', 'f', '\f', '\\', '\\', '\'', '\'', '"', '"');
    private static final int UNICODE_DIGITS = 4;

    /** What a word is. */
    enum Kind {
        NUMBER,
        STRING,
        NAME,
        SIGN,
        END
    }

    static List<Token> all(String expression) throws Untranslated {
        List<Token> tokens = new ArrayList<>();
        Matcher words = WORDS.matcher(expression);
        int at = 0;
        do {
            words.region(at, expression.length());
            if (!words.lookingAt()) {
                Token here = new Token(Kind.SIGN, expression.substring(at).strip());
                throw new Untranslated("this is not understood", here);
            }
            at = words.end();
            tokens.add(of(words));
        } while (tokens.getLast().kind() != Kind.END);
        return tokens;
    }

    private static Token of(Matcher words) throws Untranslated {
        if (words.group("number") != null) {
            return new Token(Kind.NUMBER, words.group("number").replace("_", ""));
        }
        if (words.group("name") != null) {
            return new Token(Kind.NAME, words.group("name"));
        }
        if (words.group("sign") != null) {
            return new Token(Kind.SIGN, words.group("sign"));
        }
        if (words.group("raw") != null) {
            return new Token(Kind.STRING, inner(words.group("raw")));
        }
        String quoted = words.group("double") == null ? words.group("single") : words.group("double");
        return quoted == null ? new Token(Kind.END, "") : new Token(Kind.STRING, unescaped(inner(quoted)));
    }

    private static String inner(String quoted) {
        return quoted.substring(1, quoted.length() - 1);
    }

    private static String unescaped(String text) throws Untranslated {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            if (sign != '\\') {
                plain.append(sign);
                continue;
            }
            char escape = text.charAt(++i);
            if (escape == 'u' && text.substring(i).matches("(?s)u[0-9a-fA-F]{4}.*")) {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 1 + UNICODE_DIGITS), 16));
                i += UNICODE_DIGITS;
            } else if (ESCAPES.containsKey(escape)) {
                plain.append(ESCAPES.get(escape));
            } else {
                throw new Untranslated("this escape is not understood", new Token(Kind.STRING, "\\" + escape));
            }
        }
        return plain.toString();
    }

    /** {@return whether it is this word, and no string} */
    boolean is(String word) {
        return kind != Kind.STRING && kind != Kind.NUMBER && text.equals(word);
    }

    /** {@return the word if it may be an operator} */
    String operator() {
        return kind == Kind.SIGN || kind == Kind.NAME ? text : "";
    }

    /** {@return a text as CEL writes it; nothing in it can end an expression in a template} */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(sign -> {
            if ((Character.isLetterOrDigit(sign) && sign < 128) || " _-./:@#,=+".indexOf(sign) >= 0) {
                quoted.append((char) sign);
            } else {
                quoted.append(String.format(java.util.Locale.ROOT, "\\u%04x", sign));
            }
        });
        return quoted.append('"').toString();
    }
}
