package dev.tiphys.engine.trigger;

/**
 * A glob of branches, tags or paths: {@code *} and {@code ?} stay within one segment, {@code **} crosses segments, and
 * <code>**&#47;</code> also stands for no segment. Matching takes time in proportion to pattern times text.
 */
record Glob(String pattern) {

    boolean matches(String text) {
        boolean[] reached = new boolean[text.length() + 1];
        reached[0] = true;
        int at = 0;
        while (at < pattern.length()) {
            if (pattern.startsWith("**/", at)) {
                reached = acrossDirectories(reached, text);
                at += 3;
            } else if (pattern.startsWith("**", at)) {
                reached = across(reached);
                at += 2;
            } else {
                reached = one(reached, text, pattern.charAt(at));
                at++;
            }
        }
        return reached[text.length()];
    }

    private static boolean[] acrossDirectories(boolean[] before, String text) {
        boolean[] after = new boolean[before.length];
        boolean isOpen = false;
        for (int i = 0; i < before.length; i++) {
            after[i] = before[i] || (isOpen && text.charAt(i - 1) == '/');
            isOpen |= before[i];
        }
        return after;
    }

    private static boolean[] across(boolean[] before) {
        boolean[] after = new boolean[before.length];
        boolean isOpen = false;
        for (int i = 0; i < before.length; i++) {
            isOpen |= before[i];
            after[i] = isOpen;
        }
        return after;
    }

    private static boolean[] one(boolean[] before, String text, char sign) {
        boolean[] after = new boolean[before.length];
        boolean isOpen = false;
        for (int i = 0; i < before.length; i++) {
            if (sign == '*') {
                isOpen = before[i] || (isOpen && text.charAt(i - 1) != '/');
                after[i] = isOpen;
            } else if (i > 0 && before[i - 1]) {
                char there = text.charAt(i - 1);
                after[i] = sign == '?' ? there != '/' : there == sign;
            }
        }
        return after;
    }
}
