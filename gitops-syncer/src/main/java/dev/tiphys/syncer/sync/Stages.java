package dev.tiphys.syncer.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.syncer.plan.Change;
import dev.tiphys.syncer.plan.PlanOptions;
import dev.tiphys.syncer.plan.Planning;
import dev.tiphys.syncer.plan.SyncPlan;
import dev.tiphys.syncer.plan.Wave;
import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.Manifests;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.source.Rendering;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import dev.tiphys.syncer.source.Sources;
import dev.tiphys.syncer.sync.Cluster.Following;
import dev.tiphys.syncer.sync.Cluster.Written;
import dev.tiphys.syncer.sync.StageOutcome.Done;
import dev.tiphys.syncer.sync.StageOutcome.Failed;
import dev.tiphys.syncer.sync.StageOutcome.Stuck;
import dev.tiphys.syncer.sync.StageOutcome.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a sync. Each can be done again from the start at any time: what is done already is found done. Thread-safe.
 */
final class Stages {
    /** Under which name the cluster remembers which fields are ours. */
    static final String FIELD_MANAGER = "tiphys";

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** So long a copy of a Git server may lag behind. A commit that is not there then was forced away, or never pushed. */
    private static final Duration COPIES_LAG = Duration.ofMinutes(2);

    private final Sources sources;
    private final Manifests manifests;
    private final Accesses accesses;
    private final Clusters clusters;
    private final ApplicationStore store;
    private final ExecutorService writers;

    /** @param writers gives each write a thread of its own; the cluster bounds how many work at once */
    Stages(
            Sources sources,
            Manifests manifests,
            Accesses accesses,
            Clusters clusters,
            ApplicationStore store,
            ExecutorService writers) {
        this.sources = sources;
        this.manifests = manifests;
        this.accesses = accesses;
        this.clusters = clusters;
        this.store = store;
        this.writers = writers;
    }

    /**
     * What a stage works with.
     *
     * @param goOn false as soon as another sync took its place, whichever process decided that
     * @param tries how often it had to wait in a row: the pauses grow with it
     */
    record Work(Application application, Operation operation, Instant now, int tries, BooleanSupplier goOn) {
        Wait wait(String reason, String on, Instant until, String unblock) {
            return new Wait(reason, on, now, until, unblock);
        }

        Instant later() {
            return now.plus(pause(tries));
        }
    }

    /** {@return how long to wait after the n-th failure in a row, from 0} */
    static Duration pause(int tries) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(tries, 10));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    StageOutcome run(Stage stage, Work work) throws InterruptedException {
        return switch (stage) {
            case Stage.Fetch _ -> fetch(work);
            case Stage.Render render -> render(render, work);
            case Stage.Plan plan -> plan(plan, work);
            case Stage.Apply apply -> apply(apply, work);
            case Stage.Settle settle -> settle(settle, work);
        };
    }

    private StageOutcome fetch(Work work) {
        Application.Source source = work.application().source();
        String revision = work.operation().revision();
        String requested = work.operation().requested();
        String wanted = requested == null ? source.targetRevision() : requested;
        RepositoryAccess access = accesses.to(source.repoUrl());
        Answer<Resolved> answer = sources.resolve(access, revision == null ? wanted : revision);
        return switch (answer) {
            case Answer.Found<Resolved>(Resolved resolved) ->
                new Done(new Stage.Render(resolved.sha()), work.operation().changes());
            case Answer.Waiting<Resolved>(String why) -> gitAway(new Stage.Fetch(), work, why);
            case Answer.Absent<Resolved>(String why) -> absent(new Stage.Fetch(), work, why, null);
            case Answer.Stuck<Resolved>(String why) -> stuck(work, why, List.of(new Problem(null, null, null, why)));
        };
    }

    private StageOutcome render(Stage.Render render, Work work) {
        Application.Source source = work.application().source();
        RepositoryAccess access = accesses.to(source.repoUrl());
        Answer<Contents> answer = sources.read(access, render.commit(), Selection.of(source));
        return switch (answer) {
            case Answer.Found<Contents>(Contents contents) -> rendered(render, contents, work);
            case Answer.Waiting<Contents>(String why) -> gitAway(render, work, why);
            case Answer.Absent<Contents>(String why) -> absent(render, work, why, source.path());
            case Answer.Stuck<Contents>(String why) ->
                stuck(work, why, List.of(new Problem(null, source.path(), null, why)));
        };
    }

    private StageOutcome rendered(Stage.Render render, Contents contents, Work work) {
        return switch (manifests.render(contents)) {
            case Rendering.Rendered rendered ->
                new Done(
                        new Stage.Plan(render.commit(), rendered),
                        work.operation().changes());
            case Rendering.Broken(List<ManifestProblem> problems) ->
                stuck(work, problems.getFirst().text(), Places.problems(problems));
        };
    }

    private static StageOutcome gitAway(Stage again, Work work, String why) {
        String url = work.application().source().repoUrl();
        return waiting(again, work, "git", url, why + "; it is tried again");
    }

    /** @param file where the problem is; null if in no file */
    private static StageOutcome absent(Stage again, Work work, String why, @Nullable String file) {
        Operation operation = work.operation();
        Instant inTime = operation.startedAt().plus(COPIES_LAG);
        Instant last = inTime.isBefore(operation.deadline()) ? inTime : operation.deadline();
        if (!work.now().isBefore(last)) {
            return stuck(work, why, List.of(new Problem(null, file, null, why)));
        }
        Instant next = work.later().isBefore(last) ? work.later() : last;
        String unblock = why + " yet; it is tried again until " + last + ", as a copy of a Git server may lag";
        Wait wait = work.wait("git", work.application().source().repoUrl(), next, unblock);
        return new Waiting(wait, List.of(new Problem(null, file, null, why)), again, operation.changes());
    }

    private StageOutcome plan(Stage.Plan plan, Work work) {
        Application application = work.application();
        Optional<Cluster> cluster = clusters.at(application.destination().server());
        if (cluster.isEmpty()) {
            String why = noCluster(application);
            return stuck(work, why, List.of(new Problem(null, null, null, why)));
        }
        PlanOptions options = PlanOptions.of(application, work.operation().prune(), FIELD_MANAGER);
        Set<ObjectRef> owned = store.owned(application.name());
        Following following = cluster.get()
                .follow(application.name(), Comparison.objects(plan.rendered(), owned, options, cluster.get()));
        return switch (following) {
            case Following.Waiting(String why) ->
                waiting(plan, work, "cluster", application.destination().server(), why + "; it is tried again");
            case Following.Stuck(String why) -> stuck(work, why, List.of(new Problem(null, null, null, why)));
            case Following.Ready _ -> planned(plan, work, cluster.get(), options, owned);
        };
    }

    static String noCluster(Application application) {
        return "there is no cluster at " + application.destination().server() + ": " + Clusters.GIVEN
                + " names the cluster that the syncer is given";
    }

    private StageOutcome planned(
            Stage.Plan plan, Work work, Cluster cluster, PlanOptions options, Set<ObjectRef> owned) {
        Map<ObjectKey, ObjectNode> live = Comparison.live(plan.rendered(), owned, options, cluster);
        SyncPlan decided = Planning.plan(plan.rendered().manifests(), live, owned, options, cluster);
        return switch (decided) {
            case SyncPlan.Refused(List<ManifestProblem> problems) ->
                stuck(work, problems.getFirst().text(), Places.problems(problems));
            case SyncPlan.Planned planned -> {
                // What needs no change is ours too, and is pruned when the repository drops it.
                store.own(work.application().name(), Comparison.found(planned, owned, options, live));
                yield begin(plan, work, planned);
            }
        };
    }

    private static StageOutcome begin(Stage.Plan plan, Work work, SyncPlan.Planned planned) {
        List<ObjectRef> targets = planned.changes()
                .filter(change -> !(change instanceof Change.Prune))
                .map(Change::ref)
                .toList();
        Changes before = work.operation().changes();
        long same = planned.changes()
                .filter(change -> change instanceof Change.Unchanged)
                .count();
        // What a sync before a crash created or updated is unchanged for the one after it.
        int unchanged = Math.max(0, (int) same - before.created() - before.updated());
        Changes changes = new Changes(before.created(), before.updated(), unchanged, before.pruned());
        return next(new Stage.Apply(plan, planned.waves(), targets, changes), work);
    }

    /** Goes on with the waves that are left, or with the health of everything. */
    private static StageOutcome next(Stage.Apply apply, Work work) {
        if (!apply.waves().isEmpty()) {
            return new Done(apply, apply.changes());
        }
        boolean waits = work.operation().trigger().waitsForHealth();
        Stage last = waits ? new Stage.Settle(apply.plan().rendered(), apply.targets(), apply.changes(), null) : null;
        return new Done(last, apply.changes());
    }

    private StageOutcome apply(Stage.Apply apply, Work work) throws InterruptedException {
        Application application = work.application();
        Cluster cluster = clusters.at(application.destination().server()).orElseThrow();
        Wave wave = apply.waves().getFirst();
        // Ownership comes first: whatever happens after this line, nothing that we made is ever left over.
        store.own(application.name(), created(wave));
        String namespace = application.destination().namespace();
        Tally tally = new Tally(apply.changes(), new Places(apply.plan().rendered(), namespace), namespace);
        for (List<Change> group : groups(wave)) {
            if (!work.goOn().getAsBoolean()) {
                return new StageOutcome.Superseded();
            }
            tally.add(writeTogether(cluster, group));
            if (!tally.refused().isEmpty()) {
                return new Stuck(tally.refusal(), tally.refused(), tally.changes());
            }
            if (tally.away().isPresent()) {
                return away(apply, work, tally);
            }
        }
        List<Wave> left = apply.waves().subList(1, apply.waves().size());
        Stage.Apply after = new Stage.Apply(apply.plan(), left, apply.targets(), tally.changes());
        List<ObjectRef> written = created(wave);
        if (left.isEmpty() || written.isEmpty()) {
            return next(after, work);
        }
        return new Done(new Stage.Settle(apply.plan().rendered(), written, tally.changes(), after), tally.changes());
    }

    /** It goes on from a new plan, in which what is done so far is unchanged. */
    private static StageOutcome away(Stage.Apply apply, Work work, Tally tally) {
        Tally.Away away = tally.away().orElseThrow();
        Duration pause = away.after() == null ? pause(work.tries()) : longer(away.after(), pause(work.tries()));
        Wait wait = work.wait("cluster", away.ref().text(), work.now().plus(pause), away.why() + "; it is tried again");
        List<Problem> problems = List.of(tally.places().problem(away.ref(), away.why()));
        return new Waiting(wait, problems, apply.plan(), tally.changes());
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static List<ObjectRef> created(Wave wave) {
        return wave.changes().stream()
                .filter(change -> change instanceof Change.Create || change instanceof Change.Update)
                .map(Change::ref)
                .toList();
    }

    /** Neighbours of one kind are written together; another kind waits for them. */
    private static List<List<Change>> groups(Wave wave) {
        List<List<Change>> groups = new ArrayList<>();
        String last = "";
        for (Change change : wave.changes()) {
            if (change instanceof Change.Unchanged) {
                continue;
            }
            String kind = change.getClass().getSimpleName()
                    + change.ref().apiVersion()
                    + change.ref().kind();
            if (!kind.equals(last)) {
                groups.add(new ArrayList<>());
                last = kind;
            }
            groups.getLast().add(change);
        }
        return groups;
    }

    private List<Tally.Result> writeTogether(Cluster cluster, List<Change> group) throws InterruptedException {
        if (group.size() == 1) {
            return List.of(new Tally.Result(group.getFirst(), write(cluster, group.getFirst())));
        }
        List<Future<Tally.Result>> running = group.stream()
                .map(change -> writers.submit(() -> new Tally.Result(change, write(cluster, change))))
                .toList();
        List<Tally.Result> results = new ArrayList<>();
        for (Future<Tally.Result> one : running) {
            try {
                results.add(one.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a write ended by an error of ours", e.getCause());
            }
        }
        return results;
    }

    private static Written write(Cluster cluster, Change change) {
        return switch (change) {
            case Change.CreateNamespace create -> cluster.apply(create.ref(), create.tree());
            case Change.Create create -> cluster.apply(create.ref(), create.tree());
            case Change.Update update -> cluster.apply(update.ref(), update.tree());
            case Change.Prune prune -> cluster.delete(prune.ref());
            case Change.Unchanged _ -> new Written.Done();
        };
    }

    private StageOutcome settle(Stage.Settle settle, Work work) {
        Application application = work.application();
        Cluster cluster = clusters.at(application.destination().server()).orElseThrow();
        Vitals vitals = Vitals.of(cluster, settle.objects());
        if (vitals.unhealthy().isEmpty()) {
            return new Done(settle.next(), settle.changes());
        }
        Places places = new Places(settle.rendered(), application.destination().namespace());
        Vitals.Patient worst = vitals.worst();
        List<Problem> problems = vitals.problems(places);
        if (worst.hopeless()) {
            return new Failed(worst.ref().text() + " failed: " + worst.reason(), problems, settle.changes());
        }
        int others = vitals.unhealthy().size() - 1;
        String on = worst.ref().text() + (others == 0 ? "" : " and " + others + " more");
        Wait wait = work.wait("health", on, work.operation().deadline(), worst.reason());
        return new Waiting(wait, problems, settle, settle.changes());
    }

    private static StageOutcome waiting(Stage again, Work work, String reason, String on, String unblock) {
        Wait wait = work.wait(reason, on, work.later(), unblock);
        Problem problem = new Problem(null, null, null, unblock);
        return new Waiting(wait, List.of(problem), again, work.operation().changes());
    }

    private static StageOutcome stuck(Work work, String message, List<Problem> problems) {
        return new Stuck(message, problems, work.operation().changes());
    }
}
