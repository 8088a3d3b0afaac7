package dev.tiphys.contracts.definition;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of a cron expression: minute, hour, day of month, month and day of week, each with lists, ranges, steps and, for
 * months and days of week, names in English. Pure.
 */
final class CronSyntax {
    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final Pattern PART = Pattern.compile("(?:(\\*)|([^-/]+)(?:-([^-/]+))?)(?:/([0-9]{1,3}))?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,2}");

    private static final List<Field> FIELDS = List.of(
            new Field("minute", 0, 59, List.of(), 0),
            new Field("hour", 0, 23, List.of(), 0),
            new Field("day of month", 1, 31, List.of(), 0),
            new Field("month", 1, 12, MONTHS, 1),
            new Field("day of week", 0, 7, DAYS, 0));

    private CronSyntax() {}

    /** One of the five; {@code first} is the number of the first name. */
    private record Field(String name, int min, int max, List<String> names, int first) {

        @Nullable
        String wrong(String text) {
            for (String part : text.split(",", -1)) {
                String wrong = wrongPart(part);
                if (wrong != null) {
                    return "the " + name + " is \"" + text + "\": " + wrong;
                }
            }
            return null;
        }

        private @Nullable String wrongPart(String part) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                return expected();
            }
            String step = matcher.group(4);
            if (step != null && (Integer.parseInt(step) == 0 || Integer.parseInt(step) > max)) {
                return "expected a step from 1 to " + max;
            }
            if (matcher.group(1) != null) {
                return null;
            }
            int from = number(matcher.group(2));
            int to = matcher.group(3) == null ? max : number(matcher.group(3));
            if (from < 0 || to < 0) {
                return expected();
            }
            return from > to ? "the range goes backwards" : null;
        }

        private String expected() {
            return "expected *, " + min + " to " + max
                    + (names.isEmpty() ? "" : " or " + names.getFirst() + " to " + names.getLast())
                    + ", a range such as " + (min + 1) + "-" + (min + 3)
                    + ", a step such as */2, or several with commas";
        }

        /** {@return the number of a text; -1 if it is none of this field} */
        private int number(String text) {
            int named = names.indexOf(text.toUpperCase(Locale.ROOT));
            if (named >= 0) {
                return named + first;
            }
            if (!NUMBER.matcher(text).matches()) {
                return -1;
            }
            int number = Integer.parseInt(text);
            return number < min || number > max ? -1 : number;
        }
    }

    /** {@return what is wrong with a cron expression, with the field that it is about; null if nothing is} */
    static @Nullable String wrong(String cron) {
        String[] fields = cron.strip().split("\\s+");
        if (fields.length != FIELDS.size()) {
            return "expected five fields (minute, hour, day of month, month, day of week) such as \"30 6 * * MON-FRI\", met "
                    + fields.length;
        }
        for (int i = 0; i < fields.length; i++) {
            String wrong = FIELDS.get(i).wrong(fields[i]);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }
}
