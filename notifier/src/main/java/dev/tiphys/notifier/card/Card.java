package dev.tiphys.notifier.card;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.RunTrigger;
import dev.tiphys.contracts.run.Wait;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Draws a run's card. The same picture gives the same card: it holds no present time, and what takes a while is shown by
 * the moment when it began or ends.
 */
public final class Card {
    private static final int NAME = 120;
    private static final int COMMIT_MESSAGE = 200;
    private static final int REASON = 300;
    private static final int FALLBACK = 600;

    /** Slack takes 3000 characters in a section. */
    private static final int SECTION = 2800;

    /** Slack takes about 13,200 characters in all blocks together; the head needs some of them. */
    private static final int ALL_STEPS = 9000;

    private Card() {}

    /** {@return the card of a run as it stands} */
    public static Message of(RunPicture picture) {
        List<JsonNode> blocks = new ArrayList<>();
        blocks.add(Blocks.section(head(picture)));
        List<String> change = change(picture.trigger());
        if (!change.isEmpty()) {
            blocks.add(Blocks.context(change));
        }
        sections(steps(picture)).forEach(text -> blocks.add(Blocks.section(text)));
        blocks.add(Blocks.context(List.of(foot(picture))));
        return new Message(fallback(picture), blocks);
    }

    private static String head(RunPicture picture) {
        String head = Signs.of(picture.state()) + " *" + Mrkdwn.line(picture.pipeline(), NAME) + "* "
                + picture.state().word();
        if (picture.startedAt() != null && picture.finishedAt() != null) {
            head += " · " + Mrkdwn.duration(picture.startedAt(), picture.finishedAt());
        }
        if (picture.waiting() != null) {
            head += "\n" + wait(picture.waiting());
        }
        if (picture.reason() != null) {
            head += "\n" + Mrkdwn.line(picture.reason(), REASON);
        }
        return head;
    }

    private static List<String> change(RunTrigger trigger) {
        List<String> elements = new ArrayList<>();
        if (trigger.revision() != null) {
            String revision = trigger.revision();
            elements.add(Mrkdwn.link(trigger.link(), revision.substring(0, Math.min(7, revision.length())), NAME));
        }
        String place = place(trigger);
        if (!place.isEmpty()) {
            elements.add(place);
        }
        if (trigger.author() != null) {
            elements.add("by " + Mrkdwn.line(trigger.author(), NAME));
        }
        if (trigger.actor() != null) {
            elements.add("started by " + Mrkdwn.line(trigger.actor(), NAME));
        }
        if (trigger.message() != null && !trigger.message().isBlank()) {
            elements.add(Mrkdwn.line(trigger.message(), COMMIT_MESSAGE));
        }
        return elements;
    }

    private static String place(RunTrigger trigger) {
        String ref = trigger.ref() == null ? "" : trigger.ref().replaceFirst("^refs/(heads|tags)/", "");
        String repository = trigger.repository() == null ? "" : trigger.repository();
        String between = ref.isEmpty() || repository.isEmpty() ? "" : " @ ";
        return Mrkdwn.line(repository + between + ref, NAME);
    }

    private static List<String> steps(RunPicture picture) {
        List<String> lines = picture.steps().stream().map(Card::step).toList();
        Set<Integer> shown = fitting(picture.steps(), lines);
        if (shown.size() == lines.size()) {
            return lines;
        }
        List<String> fitting = new ArrayList<>();
        shown.stream().sorted().forEach(index -> fitting.add(lines.get(index)));
        fitting.add(rollUp(picture.steps(), shown));
        return fitting;
    }

    /** Chooses the steps for which there is room: those that want attention first. */
    private static Set<Integer> fitting(List<StepPicture> steps, List<String> lines) {
        Set<Integer> shown = new HashSet<>();
        int room = ALL_STEPS;
        List<Integer> byUrgency = IntStream.range(0, steps.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                        index -> urgency(steps.get(index).state())))
                .toList();
        for (int index : byUrgency) {
            room -= lines.get(index).length() + 1;
            if (room < 0) {
                break;
            }
            shown.add(index);
        }
        return shown;
    }

    private static int urgency(RunState state) {
        return switch (state) {
            case FAILED, STUCK -> 0;
            case WAITING, RUNNING -> 1;
            case CANCELLED, SUPERSEDED -> 2;
            case PENDING -> 3;
            case SUCCEEDED, SKIPPED -> 4;
        };
    }

    private static String rollUp(List<StepPicture> steps, Set<Integer> shown) {
        Map<RunState, Integer> hidden = new EnumMap<>(RunState.class);
        for (int index = 0; index < steps.size(); index++) {
            if (!shown.contains(index)) {
                hidden.merge(steps.get(index).state(), 1, Integer::sum);
            }
        }
        return "… and " + (steps.size() - shown.size()) + " more steps: "
                + hidden.entrySet().stream()
                        .map(count -> count.getValue() + " " + count.getKey().word())
                        .collect(Collectors.joining(", "));
    }

    private static String step(StepPicture step) {
        StringBuilder line = new StringBuilder(Signs.of(step.state()));
        line.append(" *")
                .append(Mrkdwn.line(step.name(), NAME))
                .append("* ")
                .append(step.state().word());
        if (step.attempt() > 1) {
            line.append(" · attempt ").append(step.attempt());
        }
        if (step.startedAt() != null) {
            line.append(" · ")
                    .append(
                            step.finishedAt() == null
                                    ? "since " + Mrkdwn.time(step.startedAt())
                                    : Mrkdwn.duration(step.startedAt(), step.finishedAt()));
        }
        if (Mrkdwn.linkable(step.link())) {
            line.append(" · ").append(Mrkdwn.link(step.link(), "open", NAME));
        }
        detail(line, step.waiting() == null ? null : wait(step.waiting()));
        detail(line, step.reason() == null ? null : Mrkdwn.line(step.reason(), REASON));
        return line.toString();
    }

    private static void detail(StringBuilder line, @Nullable String detail) {
        if (detail != null) {
            line.append("\n      ").append(detail);
        }
    }

    private static String wait(Wait wait) {
        String text = "waits for " + Mrkdwn.line(wait.reason(), NAME) + ": " + Mrkdwn.line(wait.on(), REASON);
        return wait.until() == null ? text : text + " · until " + Mrkdwn.time(wait.until());
    }

    private static List<String> sections(List<String> lines) {
        List<String> sections = new ArrayList<>();
        StringBuilder section = new StringBuilder();
        for (String line : lines) {
            if (!section.isEmpty() && section.length() + line.length() + 1 > SECTION) {
                sections.add(section.toString());
                section.setLength(0);
            }
            section.append(section.isEmpty() ? "" : "\n").append(line);
        }
        if (!section.isEmpty()) {
            sections.add(section.toString());
        }
        return sections;
    }

    private static String foot(RunPicture picture) {
        String foot = "run " + Mrkdwn.line(picture.run(), NAME);
        return picture.startedAt() == null ? foot : foot + " · started " + Mrkdwn.time(picture.startedAt());
    }

    private static String fallback(RunPicture picture) {
        String said = picture.pipeline() + " " + picture.state().word();
        String detail = picture.reason();
        if (detail == null && !picture.state().finished()) {
            detail = picture.steps().stream()
                    .filter(step -> step.state() == RunState.RUNNING || step.state() == RunState.WAITING)
                    .map(step -> String.format(
                            Locale.ROOT, "%s %s", step.name(), step.state().word()))
                    .collect(Collectors.joining(", "));
        }
        return Mrkdwn.line(detail == null || detail.isEmpty() ? said : said + ": " + detail, FALLBACK);
    }
}
