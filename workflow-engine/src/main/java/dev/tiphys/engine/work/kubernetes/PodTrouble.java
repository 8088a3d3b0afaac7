package dev.tiphys.engine.work.kubernetes;

import io.fabric8.kubernetes.api.model.Event;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Why a Job has no pod, or its pod does not run, as the cluster's events tell it: what is refused, by what, and who can help. */
final class PodTrouble {
    private static final int LONGEST = 600;
    /** "Error creating: pods "shop-test-abc-" is forbidden: " and the like. */
    private static final Pattern PREAMBLE =
            Pattern.compile("^(Error creating: )?((pods|Pod) \"[^\"]*\" is (forbidden|invalid): )?");

    private record Cause(Pattern pattern, Function<Matcher, String> by, String unblock) {}

    private static final List<Cause> CAUSES = List.of(
            new Cause(
                    Pattern.compile("exceeded quota: ([^,\\s]+)"),
                    found -> "quota " + found.group(1),
                    "whoever owns the namespace frees some of it or raises it"),
            new Cause(
                    Pattern.compile("failed quota: ([^:\\s]+)"),
                    found -> "quota " + found.group(1),
                    "give the step the resources that the quota asks for"),
            new Cause(
                    Pattern.compile("service ?account \"?([^\"\\s:]+)\"? (was )?not found", Pattern.CASE_INSENSITIVE),
                    found -> "the missing service account " + found.group(1),
                    "create it, or name one that is there in the step"),
            new Cause(
                    Pattern.compile("admission webhook \"([^\"]+)\""),
                    found -> "admission webhook " + found.group(1),
                    "whoever runs it can tell what it asks of the step"),
            new Cause(
                    Pattern.compile("ValidatingAdmissionPolicy '([^']+)'"),
                    found -> "admission policy " + found.group(1),
                    "whoever wrote it can tell what it asks of the step"),
            new Cause(
                    Pattern.compile("violates PodSecurity \"([^\"]+)\""),
                    found -> "pod security " + found.group(1),
                    "whoever owns the namespace allows it, or the step is run in another one"),
            new Cause(
                    Pattern.compile("(?:maximum|minimum) \\S+ usage per (?:Container|Pod)"),
                    _ -> "a limit range of the namespace",
                    "give the step resources within it"));

    private PodTrouble() {}

    /** {@return what the newest of an object's events complains of; null if it does not} */
    static @Nullable String of(List<Event> events) {
        return events.stream()
                .max(Comparator.comparing(PodTrouble::moment))
                .filter(event -> "Warning".equals(event.getType()))
                .map(PodTrouble::told)
                .orElse(null);
    }

    private static String told(Event event) {
        String message = String.valueOf(event.getMessage()).strip();
        return switch (String.valueOf(event.getReason())) {
            case "FailedCreate" -> refused(message);
            case "FailedScheduling" -> "no node takes its pod: " + cut(message) + "; whoever runs the nodes makes room";
            case String reason -> "its pod does not start: " + reason + ": " + cut(message);
        };
    }

    private static String refused(String message) {
        String why = cut(PREAMBLE.matcher(message).replaceFirst(""));
        for (Cause cause : CAUSES) {
            Matcher found = cause.pattern().matcher(message);
            if (found.find()) {
                return "its pod is refused by " + cause.by().apply(found) + ": " + why + "; " + cause.unblock();
            }
        }
        return "its pod is refused: " + why + "; whoever runs the cluster can tell more";
    }

    private static String cut(String message) {
        return message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
    }

    /** Times of one form, as text: a series of equal events is as young as its newest. */
    private static String moment(Event event) {
        return Stream.of(
                        event.getSeries() == null || event.getSeries().getLastObservedTime() == null
                                ? null
                                : event.getSeries().getLastObservedTime().getTime(),
                        event.getLastTimestamp(),
                        event.getEventTime() == null
                                ? null
                                : event.getEventTime().getTime(),
                        event.getMetadata() == null ? null : event.getMetadata().getCreationTimestamp())
                .filter(Objects::nonNull)
                // Seconds are enough, and not every one has more.
                .map(time -> time.substring(0, Math.min(19, time.length())))
                .max(Comparator.naturalOrder())
                .orElse("");
    }
}
