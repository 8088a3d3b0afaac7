package dev.tiphys.engine.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The time in which a group waited for people; its timeout does not count it. */
final class PeoplesTime {
    private record Span(Instant from, Instant to) {}

    private PeoplesTime() {}

    static Duration within(Task group, Run.Present run, Instant from, Instant now) {
        List<Span> spans = new ArrayList<>();
        collect(group.nested(), run, from, now, spans);
        spans.sort(Comparator.comparing(Span::from));
        Duration total = Duration.ZERO;
        Instant counted = from;
        for (Span span : spans) {
            Instant begin = span.from().isAfter(counted) ? span.from() : counted;
            if (span.to().isAfter(begin)) {
                total = total.plus(Duration.between(begin, span.to()));
                counted = span.to();
            }
        }
        return total;
    }

    private static void collect(List<Task> tasks, Run.Present run, Instant from, Instant now, List<Span> into) {
        for (Task task : tasks) {
            collect(task.nested(), run, from, now, into);
            if (!task.kind().equals("approval")) {
                continue;
            }
            StepState state = run.steps().get(task.name());
            if (state instanceof StepState.Asking asking) {
                into.add(new Span(asking.attempt().startedAt(), now));
            }
            if (state instanceof StepState.Ended ended
                    && ended.startedAt() != null
                    && ended.startedAt().compareTo(from) >= 0) {
                into.add(new Span(ended.startedAt(), ended.finishedAt()));
            }
        }
    }
}
