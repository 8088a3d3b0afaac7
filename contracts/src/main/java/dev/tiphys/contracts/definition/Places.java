package dev.tiphys.contracts.definition;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a document stand in the text that it was read from. A document from the log has no places; findings
 * about it name only their path.
 */
public final class Places {
    private static final Pattern SIMPLE = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$-]*");
    private static final Place UNKNOWN = new Place(0, 0);

    private final @Nullable String file;
    private final Map<String, Place> values;
    private final Map<String, Place> keys;

    private record Place(int line, int column) {}

    private Places(@Nullable String file) {
        this.file = file;
        this.values = new HashMap<>();
        this.keys = new HashMap<>();
    }

    static Places in(@Nullable String file) {
        return new Places(file);
    }

    /** {@return the path of a field of a mapping; names that hold other signs are quoted in brackets} */
    public static String field(String path, String name) {
        if (!SIMPLE.matcher(name).matches()) {
            return path + "[\"" + name + "\"]";
        }
        return path.isEmpty() ? name : path + "." + name;
    }

    /** {@return the path of an item of a list; {@code index} counts from 0} */
    public static String item(String path, int index) {
        return path + "[" + index + "]";
    }

    /** {@return a finding about the value at a path, or about the nearest part around it that has a place} */
    public Finding finding(Finding.Severity severity, String path, String message) {
        return finding(severity, path, message, nearest(values, path));
    }

    /** {@return a finding about the name of a field, not its value} */
    Finding findingAtName(Finding.Severity severity, String path, String message) {
        Place place = keys.get(path);
        return finding(severity, path, message, place == null ? nearest(values, path) : place);
    }

    void value(String path, int line, int column) {
        values.put(path, new Place(line, column));
    }

    void key(String path, int line, int column) {
        keys.put(path, new Place(line, column));
    }

    private Finding finding(Finding.Severity severity, String path, String message, Place place) {
        return new Finding(severity, file, place.line(), place.column(), path, message);
    }

    private static Place nearest(Map<String, Place> places, String path) {
        String part = path;
        while (true) {
            Place place = places.get(part);
            if (place != null) {
                return place;
            }
            if (part.isEmpty()) {
                return UNKNOWN;
            }
            part = part.substring(0, Math.max(0, Math.max(part.lastIndexOf('.'), part.lastIndexOf('['))));
        }
    }
}
