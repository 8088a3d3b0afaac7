package dev.tiphys.engine.trigger;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Charters;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Decides about events: matches them with every pipeline, starts runs, and remembers why each was started or not. */
public final class Arrivals {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Takes two minutes: so long a copy of a Git server may lag behind. A commit that is not there then was forced away. */
    private static final int TRIES_FOR_A_COMMIT = 8;

    private final EventLog log;
    private final Runs runs;
    private final Charters charters;
    private final TriggerRules rules;
    private final ChangedPaths paths;
    private final InstantSource clock;

    public Arrivals(
            EventLog log, Runs runs, Charters charters, TriggerRules rules, ChangedPaths paths, InstantSource clock) {
        this.log = log;
        this.runs = runs;
        this.charters = charters;
        this.rules = rules;
        this.paths = paths;
        this.clock = clock;
    }

    /**
     * Decides about events of one partition. What depends on paths that nobody told is left to {@link #retry}, so that a
     * repository that does not answer holds up nobody else.
     *
     * @throws RunsUnavailable if the store is away: hand the same events in again
     */
    public void arrived(List<CloudEvent<ExternalEvent>> events, Library library) {
        List<Started> started = new ArrayList<>();
        for (CloudEvent<ExternalEvent> event : events) {
            if (log.isDecided(event.id())) {
                continue;
            }
            started.add(decide(event, library, known(event)));
        }
        for (Started each : started) {
            finish(each, 0, null);
        }
    }

    /**
     * Tries again to decide about an event, and asks the repository for the changed paths. Blocking.
     *
     * @throws RunsUnavailable if the store is away: it is tried again when it is due again
     */
    public void retry(EventLog.Pending pending, Library library) {
        CloudEvent<ExternalEvent> event = pending.event();
        Paths asked = asked(event, library);
        int attempts = pending.attempts() + 1;
        Started started = decide(event, library, asked.known());
        if (asked.gone() && attempts >= TRIES_FOR_A_COMMIT) {
            log.decided(event, rulings(started, asked.waits() + "; it was forced away"), clock.instant());
            return;
        }
        finish(started, attempts, asked.waits());
    }

    /** {@return what would be decided about an event; nothing is started or remembered} Blocking where paths must be asked for. */
    public List<Ruling> trial(CloudEvent<ExternalEvent> event, Library library) {
        List<Ruling> rulings = new ArrayList<>();
        Paths asked = null;
        for (Pipeline pipeline : library.ofKind(Pipeline.class)) {
            Match match = rules.match(pipeline, event, known(event));
            if (match instanceof Match.NeedsPaths) {
                asked = asked == null ? asked(event, library) : asked;
                match = rules.match(pipeline, event, asked.known());
            }
            rulings.add(
                    switch (match) {
                        case Match.Starts _ -> Ruling.wouldStart(pipeline.name());
                        case Match.Fails fails -> Ruling.failed(pipeline.name(), fails);
                        case Match.NeedsPaths _ ->
                            new Ruling(
                                    pipeline.name(),
                                    false,
                                    null,
                                    "paths",
                                    "the changed paths",
                                    "unknown: " + (asked == null ? "nobody was asked" : asked.waits()));
                    });
        }
        return rulings;
    }

    /** Changed paths; if they are not known, why, and whether the repository has said that there is no such commit. */
    private record Paths(
            @Nullable List<String> known, @Nullable String waits, boolean gone) {}

    private Paths asked(CloudEvent<ExternalEvent> event, Library library) {
        GitChange git = event.data().git();
        List<String> known = known(event);
        if (known != null || git == null || git.revision() == null) {
            return new Paths(known, null, /* gone= */ false);
        }
        try {
            Definition.Repository repository = library.find(Definition.Repository.class, git.repository())
                    .orElseThrow(() -> new ChangedPaths.PathsUnknown(
                            "repository " + git.repository() + " is not defined any more"));
            List<String> changed = paths.between(repository, git.ref(), git.before(), git.revision());
            return new Paths(changed, null, /* gone= */ false);
        } catch (ChangedPaths.PathsUnknown e) {
            return new Paths(null, String.valueOf(e.getMessage()), e instanceof ChangedPaths.NoSuchCommit);
        }
    }

    /**
     * Remembers that a try to decide about an event broke, so that people see why nothing starts; it is tried again, ever more
     * rarely.
     *
     * @throws RunsUnavailable if the store is away
     */
    public void broke(EventLog.Pending pending, Library library, String why) {
        int attempts = pending.attempts() + 1;
        String met = "it broke at try " + attempts + ", tried again: " + why;
        List<Ruling> rulings = library.ofKind(Pipeline.class).stream()
                .map(pipeline -> new Ruling(pipeline.name(), false, null, "decision", "a decision", met))
                .toList();
        log.undecided(pending.event(), rulings, attempts, clock.instant().plus(pause(attempts)));
    }

    private record Start(String pipeline, CompletableFuture<Decision> decision, Charter charter) {}

    private record Started(
            CloudEvent<ExternalEvent> event, List<Ruling> rulings, List<Start> starts, List<String> waiting) {}

    private Started decide(CloudEvent<ExternalEvent> event, Library library, @Nullable List<String> known) {
        List<Ruling> rulings = new ArrayList<>();
        List<Start> starts = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        for (Pipeline pipeline : library.ofKind(Pipeline.class)) {
            switch (rules.match(pipeline, event, known)) {
                case Match.Starts _ -> {
                    Charter charter = charters.forEvent(pipeline, event, library);
                    starts.add(new Start(
                            pipeline.name(), runs.handle(charter.id(), new RunInput.Start(charter)), charter));
                }
                case Match.Fails fails -> rulings.add(Ruling.failed(pipeline.name(), fails));
                case Match.NeedsPaths _ -> waiting.add(pipeline.name());
            }
        }
        return new Started(event, rulings, starts, waiting);
    }

    private void finish(Started started, int attempts, @Nullable String waits) {
        String met = waits == null
                ? "the sender did not tell; the repository is being asked"
                : "unknown after " + attempts + " tries, tried again: " + waits;
        List<Ruling> rulings = rulings(started, met);
        if (started.waiting().isEmpty()) {
            log.decided(started.event(), rulings, clock.instant());
            return;
        }
        log.undecided(started.event(), rulings, attempts, clock.instant().plus(pause(attempts)));
    }

    /** @param met what stands in the way of those that wait for changed paths */
    private List<Ruling> rulings(Started started, String met) {
        List<Ruling> rulings = new ArrayList<>(started.rulings());
        for (Start start : started.starts()) {
            rulings.add(Ruling.started(start.pipeline(), runOf(start)));
        }
        for (String pipeline : started.waiting()) {
            rulings.add(new Ruling(pipeline, false, null, "paths", "the changed paths", met));
        }
        return rulings;
    }

    private String runOf(Start start) {
        return switch (join(start.decision())) {
            case Decision.Accepted _ -> start.charter().id();
            case Decision.Refused _ ->
                runs.startedBy(start.pipeline(), start.charter().triggerKey())
                        .orElse(start.charter().id());
        };
    }

    private static Decision join(CompletableFuture<Decision> decision) {
        try {
            return decision.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RunsUnavailable unavailable ? unavailable : e;
        }
    }

    private static Duration pause(int attempts) {
        if (attempts == 0) {
            return Duration.ZERO;
        }
        Duration grown = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
        return grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
    }

    private static @Nullable List<String> known(CloudEvent<ExternalEvent> event) {
        GitChange git = event.data().git();
        return git == null ? null : git.changedPaths();
    }
}
