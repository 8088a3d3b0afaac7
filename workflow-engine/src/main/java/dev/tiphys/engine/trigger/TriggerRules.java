package dev.tiphys.engine.trigger;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.engine.run.EventScope;
import dev.tiphys.platform.expression.Expressions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Matches events with pipelines. Pure and thread-safe. */
public final class TriggerRules {
    private static final int SHOWN_PATHS = 5;

    private final Expressions expressions;

    public TriggerRules(Expressions expressions) {
        this.expressions = expressions;
    }

    /**
     * Decides whether an event starts a pipeline.
     *
     * @param changedPaths null if they are not known
     */
    public Match match(Pipeline pipeline, CloudEvent<ExternalEvent> event, @Nullable List<String> changedPaths) {
        Match best = new Match.Fails("on", "a trigger", "the pipeline has none: it is started by hand", 0);
        for (Trigger trigger : pipeline.on()) {
            best = better(best, match(pipeline.name(), trigger, event, changedPaths));
        }
        return best;
    }

    private static Match better(Match before, Match next) {
        return switch (before) {
            case Match.Starts _ -> before;
            case Match.NeedsPaths _ -> next instanceof Match.Starts ? next : before;
            case Match.Fails fails ->
                next instanceof Match.Fails other
                                && other.passed() <= fails.passed()
                                && !fails.condition().equals("on")
                        ? before
                        : next;
        };
    }

    private Match match(
            String pipeline, Trigger trigger, CloudEvent<ExternalEvent> event, @Nullable List<String> changedPaths) {
        return switch (trigger) {
            case Trigger.Push push -> push(push, event.data(), changedPaths);
            case Trigger.FromSource source -> source(source, event);
            case Trigger.Message message -> message(message, event);
            case Trigger.Schedule schedule -> schedule(pipeline, schedule, event.data());
        };
    }

    private static Match push(Trigger.Push push, ExternalEvent event, @Nullable List<String> changedPaths) {
        GitChange git = event.git();
        if (git == null) {
            return new Match.Fails(
                    "repository",
                    push.repository(),
                    event.type() + " of " + event.endpoint() + ", which is no push",
                    0);
        }
        if (!git.repository().equals(push.repository())) {
            return new Match.Fails("repository", push.repository(), git.repository(), 0);
        }
        if (git.deleted()) {
            return new Match.Fails("ref", "a ref that is there", git.ref() + " was deleted", 1);
        }
        Match.Fails wrongRef = git.tag() == null ? branch(push, git) : tag(push, git.tag());
        if (wrongRef != null) {
            return wrongRef;
        }
        if (push.paths().isEmpty()) {
            return new Match.Starts();
        }
        if (changedPaths == null) {
            return new Match.NeedsPaths();
        }
        if (changedPaths.stream().anyMatch(path -> any(push.paths(), path))) {
            return new Match.Starts();
        }
        return new Match.Fails("paths", text(push.paths()), shown(changedPaths), 3);
    }

    private static Match.@Nullable Fails branch(Trigger.Push push, GitChange git) {
        String branch = String.valueOf(git.branch());
        if (push.branches().isEmpty()) {
            return push.tags().isEmpty() ? null : new Match.Fails("tag", text(push.tags()), "branch " + branch, 2);
        }
        return any(push.branches(), branch) ? null : new Match.Fails("branch", text(push.branches()), branch, 2);
    }

    private static Match.@Nullable Fails tag(Trigger.Push push, String tag) {
        if (push.tags().isEmpty()) {
            String expected = push.branches().isEmpty() ? "any" : text(push.branches());
            return new Match.Fails("branch", expected, "tag " + tag, 2);
        }
        return any(push.tags(), tag) ? null : new Match.Fails("tag", text(push.tags()), tag, 2);
    }

    private Match source(Trigger.FromSource source, CloudEvent<ExternalEvent> event) {
        ExternalEvent data = event.data();
        if (isTick(data) || !source.source().equals(data.endpoint())) {
            return new Match.Fails("source", source.source(), origin(data), 0);
        }
        boolean wanted = source.types().isEmpty()
                || source.types().contains(data.type())
                || (data.name() != null && source.types().contains(data.name()));
        if (!wanted) {
            String met = data.name() == null ? data.type() : data.type() + " (" + data.name() + ")";
            return new Match.Fails("type", text(source.types()), met, 1);
        }
        return when(source.when(), event, 2);
    }

    private Match message(Trigger.Message message, CloudEvent<ExternalEvent> event) {
        ExternalEvent data = event.data();
        if (isTick(data) || !message.queue().equals(data.endpoint())) {
            return new Match.Fails("queue", message.queue(), origin(data), 0);
        }
        return when(message.when(), event, 1);
    }

    /** A tick's endpoint is its pipeline, whose name says nothing about sources and queues. */
    private static boolean isTick(ExternalEvent event) {
        return event.type().equals(ExternalEvent.TICK) && event.attributes().containsKey("pipeline");
    }

    private static String origin(ExternalEvent event) {
        return isTick(event) ? "a tick of pipeline " + event.endpoint() : event.endpoint();
    }

    private static Match schedule(String pipeline, Trigger.Schedule schedule, ExternalEvent event) {
        String wanted = pipeline + ": " + schedule.cron() + " " + schedule.timeZone();
        if (!isTick(event)) {
            return new Match.Fails("schedule", wanted, event.type() + " of " + event.endpoint(), 0);
        }
        Map<String, String> tick = event.attributes();
        boolean same = pipeline.equals(tick.get("pipeline"))
                && schedule.cron().equals(tick.get("cron"))
                && schedule.timeZone().equals(tick.get("timeZone"));
        String met = tick.get("pipeline") + ": " + tick.get("cron") + " " + tick.get("timeZone");
        // It is a tick at least: that explains more than what it has not to do with queues and pushes.
        return same ? new Match.Starts() : new Match.Fails("schedule", wanted, met, 1);
    }

    /** Fails closed: what cannot be resolved does not start anything. */
    private Match when(@Nullable String condition, CloudEvent<ExternalEvent> event, int passed) {
        if (condition == null) {
            return new Match.Starts();
        }
        ObjectNode scope = JsonNodeFactory.instance.objectNode();
        scope.set("event", EventScope.of(event));
        return switch (expressions.test(condition, scope)) {
            case Expressions.Resolved<Boolean>(var holds) ->
                holds ? new Match.Starts() : new Match.Fails("when", condition, "false", passed);
            case Expressions.Unresolved<Boolean> unresolved -> {
                String known =
                        unresolved.known().isEmpty() ? "" : "; known there: " + String.join(", ", unresolved.known());
                yield new Match.Fails(
                        "when", condition, "it cannot be resolved: " + unresolved.reason() + known, passed);
            }
        };
    }

    private static boolean any(List<String> globs, String text) {
        return globs.stream().anyMatch(glob -> new Glob(glob).matches(text));
    }

    private static String text(List<String> globs) {
        return String.join(", ", globs);
    }

    private static String shown(List<String> paths) {
        if (paths.isEmpty()) {
            return "no path";
        }
        String shown = String.join(", ", paths.subList(0, Math.min(SHOWN_PATHS, paths.size())));
        int more = paths.size() - SHOWN_PATHS;
        return more > 0 ? shown + " and " + more + " more" : shown;
    }
}
