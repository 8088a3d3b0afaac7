package dev.tiphys.engine.run;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.notice.NoticeRequested;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.engine.run.RunEvent.Beginning;
import dev.tiphys.engine.run.RunInput.Timer;
import dev.tiphys.engine.run.RunInput.TimerFired;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows from facts. */
public final class Effects {
    private final Run.Present after;
    private final List<Effect> effects = new ArrayList<>();

    private Effects(Run.Present after) {
        this.after = after;
    }

    /** {@return what follows from a fact that led from one state to the next, in the order in which it is to be written} */
    public static List<Effect> of(Run before, RunEvent event, Run.Present after) {
        Effects effects = new Effects(after);
        RunFacts.of(after, event)
                .ifPresent(fact -> effects.effects.add(new Effect.Publish(
                        Topic.RUNS, fact.run(), fact.run() + "/" + fact.sequence(), event.at(), fact)));
        effects.follow(before, event);
        return List.copyOf(effects.effects);
    }

    private void follow(Run before, RunEvent event) {
        Charter.Line line = after.charter().line();
        switch (event) {
            case RunEvent.Created _, RunEvent.Reopened _ -> {
                if (line != null && after.charter().defects().isEmpty()) {
                    effects.add(new Effect.JoinLine(line.key(), line.rule()));
                }
            }
            case RunEvent.Finished(var verdict, var _) -> {
                if (line != null) {
                    effects.add(new Effect.LeaveLine(line.key(), verdict.reason()));
                }
            }
            case RunEvent.StepBegun begun -> {
                leave(before, begun.step());
                begun(begun);
            }
            case RunEvent.StepExtended extended ->
                set(extended.step(), extended.attempt(), Timer.DEADLINE, extended.deadline());
            case RunEvent.StepEnding ending -> {
                clear(ending.step(), ending.attempt(), Timer.DEADLINE);
                effects.add(new Effect.CancelWork(
                        ending.step(), ending.attempt(), ending.waiting().on()));
                set(ending.step(), ending.attempt(), Timer.GIVE_UP, ending.giveUpAt());
            }
            case RunEvent.StepCollapsing collapsing -> leave(before, collapsing.step());
            case RunEvent.StepRetries retries -> {
                leave(before, retries.step());
                set(retries.step(), retries.attempt(), Timer.RESUME, retries.resumeAt());
            }
            case RunEvent.StepEnded ended -> leave(before, ended.step());
            case RunEvent.DeployWithdrawn withdrawn -> withdraw(before, withdrawn);
            case RunEvent.Queued _,
                    RunEvent.Begun _,
                    RunEvent.StepWaits _,
                    RunEvent.Judged _,
                    RunEvent.CancelAsked _,
                    RunEvent.Turned _ -> {}
        }
    }

    private void begun(RunEvent.StepBegun begun) {
        String step = begun.step();
        int attempt = begun.attempt();
        switch (begun.beginning()) {
            case Beginning.Work(var action, var deadline) -> {
                Task task = after.charter().plan().byName().get(step);
                String kind = task == null ? "" : task.kind();
                effects.add(new Effect.OfferWork(step, attempt, kind, action, deadline));
                set(step, attempt, Timer.DEADLINE, deadline);
            }
            case Beginning.Deploy deploy -> {
                effects.add(new Effect.Publish(
                        Topic.SYNC_COMMANDS,
                        deploy.application(),
                        id(step, attempt) + "/requested",
                        begun.at(),
                        new SyncCommand.SyncRequested(
                                deploy.application(),
                                deploy.revision(),
                                by(step, attempt, deploy.fence()),
                                deploy.deadline())));
                set(step, attempt, Timer.DEADLINE, deploy.deadline().plus(StepRules.PATIENCE_WITH_SYNCER));
            }
            case Beginning.Ask(var _, var deadline) -> set(step, attempt, Timer.DEADLINE, deadline);
            case Beginning.Pause(var until, Instant deadline) -> {
                if (deadline == null) {
                    set(step, attempt, Timer.RESUME, until);
                } else {
                    set(step, attempt, Timer.DEADLINE, deadline);
                }
            }
            case Beginning.Say(var channel, var workspace, var text) ->
                effects.add(new Effect.Publish(
                        Topic.NOTICES,
                        after.charter().id(),
                        id(step, attempt) + "/notice",
                        begun.at(),
                        new NoticeRequested(
                                after.charter().id(),
                                after.charter().pipeline(),
                                step,
                                attempt,
                                channel,
                                workspace,
                                text)));
            case Beginning.Group(Instant deadline)
            when deadline != null -> set(step, attempt, Timer.DEADLINE, deadline);
            case Beginning.Group _, Beginning.Nothing _ -> {}
        }
    }

    private void withdraw(Run before, RunEvent.DeployWithdrawn withdrawn) {
        if (stateIn(before, withdrawn.step()) instanceof StepState.Deploying deploying) {
            effects.add(new Effect.Publish(
                    Topic.SYNC_COMMANDS,
                    deploying.application(),
                    id(withdrawn.step(), withdrawn.attempt()) + "/withdrawn",
                    withdrawn.at(),
                    new SyncCommand.SyncWithdrawn(
                            deploying.application(),
                            by(withdrawn.step(), withdrawn.attempt(), deploying.fence()),
                            withdrawn.reason())));
        }
    }

    /** Clears what the state that is left had running for it. */
    private void leave(Run before, String step) {
        switch (stateIn(before, step)) {
            case StepState.Working working -> {
                clear(step, working.attempt().number(), Timer.DEADLINE);
                effects.add(new Effect.EndWork(step, working.attempt().number()));
            }
            case StepState.Ending ending -> {
                clear(step, ending.attempt().number(), Timer.GIVE_UP);
                effects.add(new Effect.EndWork(step, ending.attempt().number()));
            }
            case StepState.Deploying deploying ->
                clear(step, deploying.attempt().number(), Timer.DEADLINE);
            case StepState.Asking asking -> clear(step, asking.attempt().number(), Timer.DEADLINE);
            case StepState.Pausing pausing ->
                clear(step, pausing.attempt().number(), pausing.deadline() == null ? Timer.RESUME : Timer.DEADLINE);
            case StepState.BackingOff backingOff ->
                clear(step, backingOff.attempt().number(), Timer.RESUME);
            case StepState.Open(var attempt, Instant deadline)
            when deadline != null -> clear(step, attempt.number(), Timer.DEADLINE);
            case StepState.Open _, StepState.Collapsing _, StepState.Pending _, StepState.Ended _ -> {}
            case null -> {}
        }
    }

    private static @Nullable StepState stateIn(Run run, String step) {
        return run instanceof Run.Present present ? present.steps().get(step) : null;
    }

    private void set(String step, int attempt, Timer timer, Instant due) {
        effects.add(new Effect.SetTimer(key(step, attempt, timer), due, new TimerFired(step, attempt, timer)));
    }

    private void clear(String step, int attempt, Timer timer) {
        effects.add(new Effect.ClearTimer(key(step, attempt, timer)));
    }

    /** {@return the key of a step's timer, unique in its run} */
    public static String key(String step, int attempt, Timer timer) {
        return step + "#" + attempt + "#" + timer.name();
    }

    private String id(String step, int attempt) {
        return after.charter().id() + "/" + step + "/" + attempt;
    }

    private DeployedBy by(String step, int attempt, long fence) {
        return new DeployedBy(after.charter().id(), after.charter().pipeline(), step, attempt, fence);
    }
}
