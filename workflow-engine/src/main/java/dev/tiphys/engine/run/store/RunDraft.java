package dev.tiphys.engine.run.store;

import dev.tiphys.contracts.run.RunFact.StepOutline;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Effects;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunRules;
import dev.tiphys.engine.run.RunView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One run within one transaction: what it was, what it becomes, and what follows from that. Used by one thread. */
final class RunDraft {
    private record WorkKey(String step, int attempt) {}

    private final String id;
    private final long before;
    private final List<RunEvent> events = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private final Map<String, Effect.SetTimer> timersSet = new LinkedHashMap<>();
    private final Set<String> timersCleared = new LinkedHashSet<>();
    private final Map<WorkKey, Effect.OfferWork> offered = new LinkedHashMap<>();
    private final Map<WorkKey, String> cancelled = new LinkedHashMap<>();
    private final Set<WorkKey> ended = new LinkedHashSet<>();
    private Run run;
    private long charterSize;
    private long progressSize;

    private RunDraft(String id, Run run, long before, long charterSize, long progressSize) {
        this.id = id;
        this.run = run;
        this.before = before;
        this.charterSize = charterSize;
        this.progressSize = progressSize;
    }

    /** A run that is stored. */
    static RunDraft of(RunCache.Known known) {
        Run.Present run = known.run();
        return new RunDraft(run.charter().id(), run, run.tally().facts(), known.charter(), known.progress());
    }

    /** A run that is not there. */
    static RunDraft absent(String id) {
        return new RunDraft(id, new Run.Absent(), 0, 0, 0);
    }

    String id() {
        return id;
    }

    Run run() {
        return run;
    }

    boolean isNew() {
        return before == 0;
    }

    boolean isChanged() {
        return !events.isEmpty();
    }

    List<Effect> effects() {
        return List.copyOf(effects);
    }

    /** {@return what follows from the events} */
    List<Effect> apply(List<RunEvent> accepted) {
        List<Effect> following = new ArrayList<>();
        for (RunEvent event : accepted) {
            Run earlier = run;
            run = RunRules.evolve(run, event);
            events.add(event);
            following.addAll(Effects.of(earlier, event, present()));
        }
        following.forEach(this::note);
        effects.addAll(following);
        return following;
    }

    void clearTimer(String key) {
        timersSet.remove(key);
        timersCleared.add(key);
    }

    private void note(Effect effect) {
        switch (effect) {
            case Effect.SetTimer timer -> {
                timersCleared.remove(timer.key());
                timersSet.put(timer.key(), timer);
            }
            case Effect.ClearTimer(var key) -> clearTimer(key);
            case Effect.OfferWork offer -> offered.put(new WorkKey(offer.step(), offer.attempt()), offer);
            case Effect.CancelWork(var step, var attempt, var reason) ->
                cancelled.put(new WorkKey(step, attempt), reason);
            case Effect.EndWork(var step, var attempt) -> {
                WorkKey key = new WorkKey(step, attempt);
                cancelled.remove(key);
                if (offered.remove(key) == null) {
                    ended.add(key);
                }
            }
            case Effect.Publish _, Effect.JoinLine _, Effect.LeaveLine _ -> {}
        }
    }

    Run.Present present() {
        if (run instanceof Run.Present present) {
            return present;
        }
        throw new IllegalStateException("run " + id + " has no facts");
    }

    /** {@return the run as it is stored once its rows are written} */
    RunCache.Known known() {
        return new RunCache.Known(present(), charterSize, progressSize);
    }

    /** Adds its rows, but for the outbox, whose order is that of all runs together. */
    void addTo(Batch batch, String owner, Instant leaseUntil) {
        timersCleared.forEach(key -> batch.timerCleared(id, key));
        if (events.isEmpty()) {
            return;
        }
        Run.Present now = present();
        addRun(batch, now);
        long sequence = before;
        for (RunEvent event : events) {
            sequence++;
            batch.fact(id, sequence, event.at(), RunJson.text(event));
        }
        timersSet.values().forEach(timer -> batch.timerSet(id, timer.key(), timer.due(), RunJson.text(timer.input())));
        ended.forEach(key -> batch.workEnded(id, key.step(), key.attempt()));
        cancelled.forEach((key, reason) -> batch.workCancelled(id, key.step(), key.attempt(), reason));
        offered.values()
                .forEach(offer -> batch.workOffered(
                        id,
                        offer.step(),
                        offer.attempt(),
                        now.charter().pipeline(),
                        offer.kind(),
                        offer.action(),
                        offer.deadline(),
                        owner,
                        leaseUntil));
    }

    private void addRun(Batch batch, Run.Present now) {
        RunView.Standing standing = RunView.Standing.of(now);
        String progress = RunJson.text(now);
        progressSize = progress.length();
        if (before > 0) {
            batch.changed(
                    id,
                    before,
                    now.tally().facts(),
                    standing.state().word(),
                    standing.reason(),
                    standing.startedAt(),
                    standing.finishedAt(),
                    progress);
            return;
        }
        Charter charter = now.charter();
        String charterText = RunJson.text(charter);
        charterSize = charterText.length();
        List<StepOutline> outline = charter.plan().all().stream()
                .map(task -> new StepOutline(task.name(), task.kind()))
                .toList();
        batch.created(
                id,
                charter.pipeline(),
                charter.triggerKey(),
                now.tally().facts(),
                standing.state().word(),
                standing.reason(),
                charter.trigger().repository(),
                charter.trigger().revision(),
                now.tally().createdAt(),
                standing.startedAt(),
                standing.finishedAt(),
                RunJson.text(charter.trigger()),
                RunJson.text(outline),
                charterText,
                progress);
    }
}
