package dev.tiphys.platform.http;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next what {@code after=} takes to get the next part; null at the end
 */
public record Page<T>(List<T> items, @Nullable String next) {

    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");

    public Page {
        items = List.copyOf(items);
    }

    /**
     * {@return how many items a page holds for what {@code limit=} asks}
     *
     * @param largest however many are asked for
     * @throws ProblemException if that is no number, or none that makes a page
     */
    public static int size(String limit, int largest) {
        long asked = WHOLE.matcher(limit).matches() ? Long.parseLong(limit) : 0;
        if (asked < 1) {
            throw ProblemException.badRequest("limit must be a whole number from 1 on, and is " + limit
                    + "; a page holds at most " + largest + ", however many are asked for");
        }
        return (int) Math.min(asked, largest);
    }
}
