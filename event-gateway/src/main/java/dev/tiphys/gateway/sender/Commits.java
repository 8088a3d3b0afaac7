package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The commits that a sender lists.
 *
 * @param nodes as sent
 * @param whole whether they are all that there are
 */
record Commits(List<JsonNode> nodes, boolean whole) {
    /** A commit whose message has this trailer was made by a run of ours, and must not start another one. */
    static final String RUN_TRAILER = "Tiphys-Run";

    /** Nothing is told of the commits. */
    static final Commits UNKNOWN = new Commits(List.of(), false);

    private static final Pattern BY_A_RUN = Pattern.compile("(?m)^" + RUN_TRAILER + ": \\S+[ \\t]*$");

    Commits {
        nodes = List.copyOf(nodes);
    }

    /** {@return those of an array; unknown if it is none} */
    static Commits of(JsonNode array, boolean whole) {
        if (!array.isArray() || array.isEmpty()) {
            return UNKNOWN;
        }
        List<JsonNode> nodes = new ArrayList<>(array.size());
        array.forEach(nodes::add);
        return new Commits(nodes, whole);
    }

    /** {@return those of an array of which the sender tells how many there should be} */
    static Commits counted(JsonNode array, JsonNode total) {
        return of(array, total.isIntegralNumber() && total.canConvertToInt() && total.intValue() == array.size());
    }

    /** {@return whether every commit is known and made by a run of ours} */
    boolean allByRuns() {
        return whole && !nodes.isEmpty() && nodes.stream().allMatch(Commits::byARun);
    }

    private static boolean byARun(JsonNode commit) {
        String message = Texts.text(commit.path("message"));
        // Trailers are in the last paragraph: who quotes one above it did not mean it.
        return message != null
                && BY_A_RUN.matcher(message.strip().replaceFirst("(?s).*\\R[ \\t]*\\R", ""))
                        .find();
    }

    /** {@return all paths that the commits touch; null if that is not known} */
    @Nullable
    List<String> changedPaths() {
        if (!whole || nodes.isEmpty()) {
            return null;
        }
        Set<String> paths = new LinkedHashSet<>();
        for (JsonNode commit : nodes) {
            for (String list : List.of("added", "modified", "removed")) {
                if (!addAll(commit.path(list), paths)) {
                    return null;
                }
            }
        }
        return List.copyOf(paths);
    }

    private static boolean addAll(JsonNode list, Set<String> paths) {
        if (!list.isArray()) {
            return false;
        }
        for (JsonNode path : list) {
            if (!path.isTextual()) {
                return false;
            }
            paths.add(path.textValue());
        }
        return true;
    }
}
