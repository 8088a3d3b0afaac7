package dev.tiphys.gateway.filter;

/** Something in an expression is not translated. */
final class Untranslated extends Exception {
    private static final int SHOWN = 60;

    Untranslated(String reason, Token at) {
        super(reason + (at.text().isEmpty() ? ", at the end" : ", at '" + shown(at.text()) + "'"));
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    private static String shown(String text) {
        return text.substring(0, Math.min(text.length(), SHOWN));
    }
}
