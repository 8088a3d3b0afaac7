package dev.tiphys.contracts.definition;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what somebody meant who wrote a word that is not known. */
public final class Suggestion {
    private static final int MAX_LENGTH = 64;

    private Suggestion() {}

    /** {@return the known word that is nearest, if one is near enough to be meant} */
    static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        int tolerance = Math.max(1, word.length() / 3);
        return known.stream()
                .filter(candidate -> candidate.length() <= MAX_LENGTH)
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(candidate -> distance(word, candidate) <= tolerance);
    }

    /** {@return {@code ; did you mean "x"?}, or nothing if no known word is near} */
    public static String text(String word, Collection<String> known) {
        return nearest(word, known)
                .map(near -> "; did you mean \"" + near + "\"?")
                .orElse("");
    }

    /** Counts insertions, deletions, replacements and swaps of neighbours, whatever the case. */
    private static int distance(String from, String to) {
        String left = from.toLowerCase(Locale.ROOT);
        String right = to.toLowerCase(Locale.ROOT);
        int[][] costs = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                costs[i][j] = cost(costs, left, right, i, j);
            }
        }
        return costs[left.length()][right.length()];
    }

    private static int cost(int[][] costs, String left, String right, int i, int j) {
        if (i == 0 || j == 0) {
            return i + j;
        }
        int replace = costs[i - 1][j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, Math.min(costs[i - 1][j], costs[i][j - 1]) + 1);
        boolean swapped = i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        return swapped ? Math.min(best, costs[i - 2][j - 2] + 1) : best;
    }
}
