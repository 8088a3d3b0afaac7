package dev.tiphys.engine.trigger;

import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Matches events with pipelines. Pure. */
public final class TriggerRules {
    private static final int SHOWN_PATHS = 5;

    private TriggerRules() {}

    /**
     * Decides whether an event starts a pipeline.
     *
     * @param changedPaths null if they are not known
     */
    public static Match match(Pipeline pipeline, ExternalEvent event, @Nullable List<String> changedPaths) {
        Match best = new Match.Fails("on", "a trigger", "the pipeline has none: it is started by hand", 0);
        for (Trigger trigger : pipeline.on()) {
            best = better(best, match(trigger, event, changedPaths));
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

    private static Match match(Trigger trigger, ExternalEvent event, @Nullable List<String> changedPaths) {
        return switch (trigger) {
            case Trigger.Push push -> push(push, event, changedPaths);
            case Trigger.FromSource source -> source(source, event);
            case Trigger.Message message -> message(message, event);
            case Trigger.Schedule _ -> new Match.Fails("schedule", "a tick", event.type(), 0);
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

    private static Match source(Trigger.FromSource source, ExternalEvent event) {
        if (!source.source().equals(event.endpoint())) {
            return new Match.Fails("source", source.source(), event.endpoint(), 0);
        }
        if (!source.types().isEmpty() && !source.types().contains(event.type())) {
            return new Match.Fails("type", text(source.types()), event.type(), 1);
        }
        return new Match.Starts();
    }

    private static Match message(Trigger.Message message, ExternalEvent event) {
        return message.queue().equals(event.endpoint())
                ? new Match.Starts()
                : new Match.Fails("queue", message.queue(), event.endpoint(), 0);
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
