package dev.tiphys.syncer.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.ApplicationStatus.Condition;
import dev.tiphys.contracts.sync.HealthStatus;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.contracts.sync.SyncStatus;
import dev.tiphys.syncer.plan.PlanOptions;
import dev.tiphys.syncer.plan.Tracking;
import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.source.Rendering;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import dev.tiphys.syncer.sync.ApplicationState.Attempt;
import dev.tiphys.syncer.sync.ApplicationState.Held;
import dev.tiphys.syncer.sync.ApplicationState.Seen;
import dev.tiphys.syncer.sync.ApplicationStore.StoreUnavailable;
import dev.tiphys.syncer.sync.Cluster.Following;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Works for one application: runs its sync, compares it, lets it sync itself. It takes turns on one thread at a time; a poke
 * makes a turn, and pokes during a turn make one more. What it holds in memory may be lost at any time: the store is the truth.
 */
final class ApplicationActor {
    private static final Duration PAUSE_AFTER_ERROR = Duration.ofSeconds(5);

    private final String name;
    private final Surroundings surroundings;
    private final SyncHandler handler;
    private final Stages stages;
    private final Supplier<Catalog> catalog;
    private final Consumer<String> gone;

    private final AtomicInteger pokes = new AtomicInteger();
    private final AtomicReference<@Nullable String> refreshCause = new AtomicReference<>("start");
    private final AtomicBoolean definitionIsNew = new AtomicBoolean(true);
    private final AtomicReference<@Nullable ScheduledFuture<?>> alarm = new AtomicReference<>();

    // Only the thread of the turn touches what follows.
    private @Nullable OperationId operation;
    private Stage stage = new Stage.Fetch();
    private int tries;
    private int refreshTries;
    private @Nullable Instant nextRefresh;
    private @Nullable String newest;
    private @Nullable String unresolved;
    private @Nullable Application resolvedFor;
    private @Nullable Read read;
    private @Nullable Instant wakeAt;

    /** What the repository says at a commit. */
    private record Read(String commit, Selection selection, String url, Rendering rendering) {}

    ApplicationActor(
            String name,
            Surroundings surroundings,
            SyncHandler handler,
            Stages stages,
            Supplier<Catalog> catalog,
            Consumer<String> gone) {
        this.name = name;
        this.surroundings = surroundings;
        this.handler = handler;
        this.stages = stages;
        this.catalog = catalog;
        this.gone = gone;
    }

    /** Makes a turn soon. Returns at once. */
    void poke() {
        if (pokes.getAndIncrement() == 0) {
            surroundings.workers().execute(this::takeTurns);
        }
    }

    /** Lets the next turn ask the repository for news. */
    void refresh(String cause) {
        refreshCause.set(cause);
        poke();
    }

    /** Lets the next turn look at everything anew. */
    void redefined() {
        definitionIsNew.set(true);
        refresh("definition");
    }

    private void takeTurns() {
        int seen;
        do {
            seen = pokes.get();
            wakeAt = null;
            try {
                turn();
            } catch (StoreUnavailable e) {
                surroundings.telemetry().unexpected(name, e);
                wakeAfter(PAUSE_AFTER_ERROR);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return; // the process stops; the next one goes on
            } catch (RuntimeException | Error e) {
                stumble(e);
            }
            setAlarm();
        } while (!pokes.compareAndSet(seen, 0));
    }

    /** An error of ours, of whatever kind, ends no application: people see it in the status, and it is tried again. */
    private void stumble(Throwable error) {
        surroundings.telemetry().unexpected(name, error);
        wakeAfter(PAUSE_AFTER_ERROR);
        try {
            if (catalog.get().application(name).isPresent()) {
                see(unknown(handler.newest(name), "UnknownError", ofOurs(error)));
            }
        } catch (RuntimeException | Error e) {
            surroundings.telemetry().unexpected(name, e); // then the log is all there is
        }
    }

    /** The kind of the error only: its text may quote what is secret. */
    private static String ofOurs(Throwable error) {
        return "an error of the syncer (" + error.getClass().getSimpleName()
                + "), which its log describes; it is tried again";
    }

    private void turn() throws InterruptedException {
        Optional<Application> definition = catalog.get().application(name);
        if (definition.isEmpty()) {
            remove();
            return;
        }
        Application application = definition.get();
        if (definitionIsNew.getAndSet(false)) {
            handler.handle(name, new SyncInput.Defined(catalog.get().cascades(name)));
        }
        boolean again;
        do {
            again = work(application);
        } while (again);
        compare(application);
    }

    // The sync that runs.

    /** {@return whether there is more to do at once} */
    private boolean work(Application application) throws InterruptedException {
        Operation running = handler.newest(name).operation();
        if (running == null) {
            operation = null;
            return false;
        }
        if (!running.id().equals(operation)) {
            operation = running.id();
            stage = new Stage.Fetch();
            tries = 0;
        }
        Instant now = surroundings.time().instant();
        StageOutcome outcome = attempt(new Stages.Work(
                application, running, now, tries, () -> handler.fresh(name).runs(running.id())));
        Instant then = surroundings.time().instant();
        surroundings.telemetry().worked(stage.stageName(), Duration.between(now, then));
        return switch (outcome) {
            case StageOutcome.Done done -> goOn(running, done);
            case StageOutcome.Waiting waiting -> waitFor(running, waiting);
            case StageOutcome.Stuck(String message, List<Problem> problems, Changes changes) ->
                end(running, Outcome.STUCK, message, problems, changes);
            case StageOutcome.Failed(String message, List<Problem> problems, Changes changes) ->
                end(running, Outcome.FAILED, message, problems, changes);
            case StageOutcome.Superseded _ -> true;
        };
    }

    /** An error of ours is a cause to wait like any other: whoever waits for the sync hears of it at the deadline at the latest. */
    private StageOutcome attempt(Stages.Work work) throws InterruptedException {
        try {
            return stages.run(stage, work);
        } catch (StoreUnavailable e) {
            throw e;
        } catch (RuntimeException | Error e) {
            surroundings.telemetry().unexpected(name, e);
            String why = ofOurs(e);
            Wait wait = work.wait("syncer", work.application().name(), work.later(), why);
            return new StageOutcome.Waiting(
                    wait,
                    List.of(new Problem(null, null, null, why)),
                    stage,
                    work.operation().changes());
        }
    }

    private boolean goOn(Operation running, StageOutcome.Done done) {
        tries = 0;
        Stage next = done.next();
        if (next == null) {
            Changes changes = done.changes();
            String message = "synced: " + changes.created() + " created, " + changes.updated() + " updated, "
                    + changes.unchanged() + " unchanged, " + changes.pruned() + " deleted";
            return end(running, Outcome.SUCCEEDED, message, List.of(), changes);
        }
        if (next instanceof Stage.Render(String commit)) {
            learnFrom(running, commit);
            handler.report(name, new SyncInput.RevisionFound(running.id(), commit));
        }
        boolean worthTelling = next instanceof Stage.Apply || next instanceof Stage.Settle;
        if (worthTelling) {
            handler.report(name, new SyncInput.StageEntered(running.id(), next.stageName(), done.changes()));
        }
        stage = next;
        return true;
    }

    /** No push told of the commit, perhaps: then the sync is what brings the news of the repository. */
    private void learnFrom(Operation running, String commit) {
        if (running.requested() == null && running.revision() == null) {
            pointsTo(commit);
        } else if (!commit.equals(newest)) {
            refreshCause.compareAndSet(null, "sync");
        }
    }

    private boolean waitFor(Operation running, StageOutcome.Waiting waiting) {
        Instant now = surroundings.time().instant();
        Wait wait = waiting.what();
        if (!now.isBefore(running.deadline())) {
            String message =
                    "not done by its deadline " + running.deadline() + ": " + wait.on() + ": " + wait.unblock();
            return end(running, Outcome.FAILED, message, waiting.problems(), waiting.changes());
        }
        if (!waiting.again().equals(stage)) {
            handler.report(
                    name,
                    new SyncInput.StageEntered(running.id(), waiting.again().stageName(), waiting.changes()));
        }
        handler.report(name, new SyncInput.Blocked(running.id(), wait));
        stage = waiting.again();
        if (!(stage instanceof Stage.Settle)) {
            tries++; // health is waited for by watches, everything else by trying again
        }
        Instant until = wait.until();
        wakeAt(until == null || until.isAfter(running.deadline()) ? running.deadline() : until);
        return !handler.newest(name).runs(running.id());
    }

    private boolean end(Operation running, Outcome outcome, String message, List<Problem> problems, Changes changes) {
        Decision decision = handler.handle(name, new SyncInput.Over(running.id(), outcome, message, problems, changes));
        if (decision.accepted()) {
            Duration took =
                    Duration.between(running.startedAt(), surroundings.time().instant());
            surroundings.telemetry().ended(name, outcome, took);
        }
        return true;
    }

    // The comparison.

    private void compare(Application application) {
        refreshIfDue(application);
        ApplicationState state = handler.newest(name);
        String commit = comparedWith(state);
        if (commit == null) {
            String why = unresolved == null ? "its revision is not known yet" : unresolved;
            see(unknown(state, "ComparisonError", why));
            return;
        }
        Rendering rendering = read(application, commit);
        switch (rendering) {
            case Rendering.Broken(List<ManifestProblem> problems) ->
                see(unknown(state, "ComparisonError", problems.getFirst().text()));
            case Rendering.Rendered rendered -> compare(application, state, rendered, commit);
        }
    }

    private @Nullable String comparedWith(ApplicationState state) {
        Operation running = state.operation();
        if (running != null && running.revision() != null && running.stage().compareTo(StageName.APPLY) >= 0) {
            return running.revision();
        }
        Held held = state.held();
        if (held != null && held.pinned()) {
            return held.revision();
        }
        if (newest != null) {
            return newest;
        }
        return held == null ? null : held.revision();
    }

    private void compare(Application application, ApplicationState state, Rendering.Rendered rendered, String commit) {
        Optional<Cluster> cluster =
                surroundings.clusters().at(application.destination().server());
        if (cluster.isEmpty()) {
            see(unknown(state, "InvalidSpecError", Stages.noCluster(application)));
            return;
        }
        Application.Automated automated = application.automated();
        PlanOptions options = PlanOptions.of(application, automated == null || automated.prune(), Stages.FIELD_MANAGER);
        Set<ObjectRef> owned = surroundings.store().owned(name);
        Following following = cluster.get().follow(name, Comparison.objects(rendered, owned, options, cluster.get()));
        switch (following) {
            case Following.Waiting(String why) -> {
                see(unknown(state, "ComparisonError", why));
                wakeAfter(PAUSE_AFTER_ERROR);
            }
            case Following.Stuck(String why) -> see(unknown(state, "ComparisonError", why));
            case Following.Ready _ -> {
                Comparison comparison = Comparison.of(rendered, owned, options, cluster.get());
                surroundings.store().disown(name, comparison.gone());
                surroundings.store().own(name, comparison.found());
                see(seen(state, comparison, commit));
                syncItself(application, comparison, commit);
            }
        }
    }

    private Seen seen(ApplicationState state, Comparison comparison, String commit) {
        String refused = comparison.refused();
        List<Condition> conditions =
                refused == null ? List.of() : List.of(condition(state, "ComparisonError", refused));
        String message = comparison.health().message();
        return new Seen(
                comparison.sync(),
                comparison.health().status(),
                message.isEmpty() ? null : message,
                behind(state),
                withUnresolved(state, conditions),
                comparison.resources(),
                comparison.drifted(),
                commit,
                false);
    }

    /** What is known of the objects stays; whether they are as Git says is unknown. */
    private Seen unknown(ApplicationState state, String type, String why) {
        Seen last = state.seen();
        HealthStatus health = last.resources().isEmpty() ? HealthStatus.UNKNOWN : last.health();
        return new Seen(
                SyncStatus.UNKNOWN,
                health,
                last.healthMessage(),
                behind(state),
                List.of(condition(state, type, why)),
                last.resources(),
                List.of(),
                null,
                false);
    }

    private List<Condition> withUnresolved(ApplicationState state, List<Condition> conditions) {
        if (unresolved == null || !conditions.isEmpty()) {
            return conditions;
        }
        return List.of(condition(state, "ComparisonError", unresolved));
    }

    private Condition condition(ApplicationState state, String type, String message) {
        return state.seen().conditions().stream()
                .filter(known -> known.type().equals(type) && known.message().equals(message))
                .findFirst()
                .orElseGet(
                        () -> new Condition(type, message, surroundings.time().instant()));
    }

    private @Nullable String behind(ApplicationState state) {
        Held held = state.held();
        if (held == null || newest == null || newest.equals(held.revision())) {
            return null;
        }
        return newest;
    }

    private void see(Seen seen) {
        handler.report(name, new SyncInput.Compared(seen));
    }

    private Rendering read(Application application, String commit) {
        Selection selection = Selection.of(application.source());
        String url = application.source().repoUrl();
        if (read != null
                && read.commit().equals(commit)
                && read.selection().equals(selection)
                && read.url().equals(url)) {
            return read.rendering();
        }
        Answer<Contents> answer =
                surroundings.sources().read(surroundings.accesses().to(url), commit, selection);
        return switch (answer) {
            case Answer.Found<Contents>(Contents contents) -> {
                Rendering rendering = surroundings.manifests().render(contents);
                read = new Read(commit, selection, url, rendering);
                yield rendering;
            }
            case Answer.Waiting<Contents>(String why) -> {
                wakeAfter(PAUSE_AFTER_ERROR);
                yield broken(application, why);
            }
            case Answer.Absent<Contents>(String why) -> broken(application, why);
            case Answer.Stuck<Contents>(String why) -> broken(application, why);
        };
    }

    private static Rendering broken(Application application, String why) {
        return new Rendering.Broken(
                List.of(new ManifestProblem(application.source().path(), 0, 0, why)));
    }

    // News of the repository.

    private void refreshIfDue(Application application) {
        Instant now = surroundings.time().instant();
        String cause = refreshCause.getAndSet(null);
        if (cause == null && nextRefresh != null && !now.isBefore(nextRefresh)) {
            cause = unresolved == null ? "timer" : "retry";
        }
        boolean otherSource = resolvedFor == null || !resolvedFor.source().equals(application.source());
        if (cause != null || otherSource) {
            refreshNow(application, cause == null ? "definition" : cause, now);
        }
        if (nextRefresh != null) {
            wakeAt(nextRefresh);
        }
    }

    private void refreshNow(Application application, String cause, Instant now) {
        if (resolvedFor != null && !resolvedFor.source().equals(application.source())) {
            newest = null;
        }
        resolvedFor = application;
        nextRefresh = now.plus(PAUSE_AFTER_ERROR); // if there is no answer, not even a bad one
        surroundings.telemetry().refreshed(name, cause);
        Answer<Resolved> answer = surroundings
                .sources()
                .resolve(
                        surroundings.accesses().to(application.source().repoUrl()),
                        application.source().targetRevision());
        switch (answer) {
            case Answer.Found<Resolved>(Resolved found) -> {
                pointsTo(found.sha());
                refreshTries = 0;
                nextRefresh = now.plus(calmInterval());
            }
            case Answer.Waiting<Resolved>(String why) -> {
                unresolved = why;
                nextRefresh = now.plus(Stages.pause(refreshTries++));
            }
            case Answer.Absent<Resolved>(String why) -> {
                unresolved = why;
                nextRefresh = now.plus(calmInterval());
            }
            case Answer.Stuck<Resolved>(String why) -> {
                unresolved = why;
                nextRefresh = now.plus(calmInterval());
            }
        }
    }

    /** Takes what {@code targetRevision} stands for, whoever asked for it: the comparison goes by what was heard last. */
    private void pointsTo(String commit) {
        newest = commit;
        unresolved = null;
    }

    /** Spread by name, so that a thousand applications do not ask at once. */
    private Duration calmInterval() {
        long interval = surroundings.refreshInterval().toMillis();
        return Duration.ofMillis(interval + Math.floorMod(name.hashCode(), Math.max(1, interval / 2)));
    }

    // Syncing itself.

    private void syncItself(Application application, Comparison comparison, String commit) {
        ApplicationState state = handler.newest(name);
        Application.Automated automated = application.automated();
        boolean wanted = state.operation() == null
                && comparison.sync() == SyncStatus.OUT_OF_SYNC
                && comparison.work()
                && !SyncRules.heldByRun(state)
                && newest != null
                && newest.equals(commit);
        if (automated == null || !wanted) {
            return;
        }
        Attempt attempt = state.attempt();
        if (attempt != null && attempt.isAbout(commit, parameters(application))) {
            Instant allowed = SyncRules.healAfter(attempt);
            boolean heals = automated.selfHeal() && attempt.failure() == null;
            if (heals && surroundings.time().instant().isBefore(allowed)) {
                wakeAt(allowed);
            }
        }
        Decision decision = handler.handle(name, new SyncInput.FellBehind(commit, parameters(application)));
        if (decision.accepted()) {
            poke();
        }
    }

    private static String parameters(Application application) {
        String text = application.source() + " " + application.destination() + " "
                + new TreeSet<>(application.syncOptions()) + " " + application.automated();
        return UUID.nameUUIDFromBytes(text.getBytes(UTF_8)).toString();
    }

    // The end.

    private void remove() {
        handler.handle(name, new SyncInput.Removed());
        ApplicationState state = handler.newest(name);
        Cluster cluster = surroundings.clusters().at(Clusters.GIVEN).orElse(null);
        if (cluster != null && state.cascade() && !deleted(cluster)) {
            wakeAfter(PAUSE_AFTER_ERROR);
            return;
        }
        if (cluster != null) {
            cluster.unfollow(name);
        }
        handler.forget(name);
        gone.accept(name);
    }

    /** {@return whether nothing is left of what the application owned} */
    private boolean deleted(Cluster cluster) {
        Set<ObjectRef> owned = surroundings.store().owned(name);
        if (owned.isEmpty()) {
            return true;
        }
        if (!(cluster.follow(name, owned) instanceof Following.Ready)) {
            return false;
        }
        boolean anyLeft = false;
        for (ObjectRef ref : owned) {
            Optional<ObjectNode> live = cluster.live(ref.key());
            if (live.filter(this::isOurs).isEmpty()) {
                surroundings.store().disown(name, Set.of(ref));
                continue;
            }
            anyLeft = true;
            if (live.get().path("metadata").path("deletionTimestamp").isMissingNode()) {
                cluster.delete(ref);
            }
        }
        return !anyLeft;
    }

    /** What we applied once may have been taken over since: by another application, or by an object that made it its own. */
    private boolean isOurs(ObjectNode live) {
        return Tracking.owns(name, live)
                && live.path("metadata").path("ownerReferences").isEmpty();
    }

    // Waking.

    private void wakeAfter(Duration pause) {
        wakeAt(surroundings.time().instant().plus(pause));
    }

    private void wakeAt(Instant moment) {
        if (wakeAt == null || moment.isBefore(wakeAt)) {
            wakeAt = moment;
        }
    }

    private void setAlarm() {
        Instant moment = wakeAt;
        ScheduledFuture<?> next = null;
        if (moment != null) {
            long millis = Math.max(
                    1, Duration.between(surroundings.time().instant(), moment).toMillis() + 1);
            try {
                next = surroundings.timer().schedule(this::poke, millis, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                return; // the process stops; the next one goes on
            }
        }
        ScheduledFuture<?> before = alarm.getAndSet(next);
        if (before != null) {
            before.cancel(false);
        }
    }
}
