package dev.tiphys.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.notice.NoticeRequested;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.run.Decision.Refusal;
import dev.tiphys.engine.run.RunInput.Judgement;
import dev.tiphys.engine.run.RunInput.Stop;
import dev.tiphys.engine.run.RunInput.Timer;
import dev.tiphys.engine.run.RunInput.TimerFired;
import dev.tiphys.engine.work.LeafOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A run, as a specification: given what was, when an input arrives, then these facts and what follows. */
class RunRulesTest {
    private static final String A = "{name: a, http: {method: GET, url: http://a}}";
    private static final String B = "{name: b, http: {method: GET, url: http://b}}";
    private static final String C = "{name: c, http: {method: GET, url: http://c}}";
    private static final String LAST = "finally: [{name: last, http: {method: GET, url: http://last}}]\n";

    private static String http(String name, String more) {
        return "{name: " + name + ", http: {method: GET, url: 'http://" + name + "'}" + more + "}";
    }

    private static String steps(String... steps) {
        return "steps:\n- " + String.join("\n- ", steps) + "\n";
    }

    @Nested
    class ASequence {
        @Test
        void runsOneStepAfterTheOther() {
            RunWorld world = RunWorld.started(steps(A, B));
            assertThat(world.word("a")).isEqualTo("running");
            assertThat(world.word("b")).isEqualTo("pending");

            world.succeed("a");
            assertThat(world.word("b")).isEqualTo("running");

            world.succeed("b");
            assertThat(world.verdict()).isEqualTo("succeeded");
        }

        @Test
        void publishesFactsWithoutGaps() {
            RunWorld world = RunWorld.started(steps(A, B));
            world.succeed("a");
            world.succeed("b");

            List<Long> sequences = world.effects(Effect.Publish.class).stream()
                    .filter(each -> each.topic() == Topic.RUNS)
                    .map(each -> ((RunFact) each.payload()).sequence())
                    .toList();

            assertThat(sequences)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, sequences.size()).boxed().toList());
            assertThat(world.effects(Effect.Publish.class))
                    .extracting(Effect.Publish::id)
                    .doesNotHaveDuplicates()
                    .contains(world.present().charter().id() + "/1");
        }

        @Test
        void endsWhenAStepFails() {
            RunWorld world = RunWorld.started(steps(A, B));

            world.fail("a", "exit 1");

            assertThat(world.verdict()).isEqualTo("failed");
            assertThat(world.why()).isEqualTo("a: exit 1");
            assertThat(world.word("b")).isEqualTo("skipped");
            assertThat(world.state("b")).isInstanceOf(StepState.Ended.class);
        }

        @Test
        void isStuckWhenAStepIsStuck() {
            RunWorld world = RunWorld.started(steps(http("a", ", retry: {limit: 3}"), B));

            world.report("a", new LeafOutcome.Stuck("there is no such job", "http://ci"));

            assertThat(world.verdict()).isEqualTo("stuck");
            assertThat(world.word("a")).isEqualTo("stuck");
        }
    }

    @Nested
    class AGraph {
        private static final String DIAMOND = steps(
                A, http("left", ", needs: [a]"), http("right", ", needs: [a]"), http("end", ", needs: [left, right]"));

        @Test
        void runsWhatIsReadyBesideEachOther() {
            RunWorld world = RunWorld.started(DIAMOND);
            world.succeed("a");
            assertThat(world.word("left")).isEqualTo("running");
            assertThat(world.word("right")).isEqualTo("running");

            world.succeed("left");
            assertThat(world.word("end")).isEqualTo("pending");
            world.succeed("right");
            world.succeed("end");

            assertThat(world.verdict()).isEqualTo("succeeded");
        }

        @Test
        void tellsWhatRunsBesideAFailureToEndAndWaitsForIt() {
            RunWorld world = RunWorld.started(DIAMOND);
            world.succeed("a");

            world.fail("left", "broken");

            assertThat(world.verdict()).isEqualTo("unfinished");
            assertThat(world.state("right")).isInstanceOf(StepState.Ending.class);
            assertThat(world.effects(Effect.CancelWork.class))
                    .extracting(Effect.CancelWork::step)
                    .containsExactly("right");
            world.report("right", new LeafOutcome.Cancelled("aborted", null));
            assertThat(world.word("right")).isEqualTo("cancelled");
            assertThat(world.verdict()).isEqualTo("failed");
            assertThat(world.word("end")).isEqualTo("skipped");
        }

        @Test
        void givesUpOnAWorkerThatDoesNotConfirmItsEnd() {
            RunWorld world = RunWorld.started(DIAMOND);
            world.succeed("a");
            world.fail("left", "broken");

            world.pass(StepRules.PATIENCE_WITH_WORKERS).fire("right", Timer.GIVE_UP);

            assertThat(world.word("right")).isEqualTo("cancelled");
            assertThat(world.verdict()).isEqualTo("failed");
        }
    }

    @Nested
    class AFailureThatHaltsItsBranch {
        @Test
        void leavesOtherBranchesAndTheRunMaySucceed() {
            RunWorld world = RunWorld.started(steps(
                    http("a", ", needs: [], onFailure: halt-branch"),
                    http("b", ", needs: [a]"),
                    http("c", ", needs: []")));

            world.fail("a", "broken");
            world.succeed("c");

            assertThat(world.word("b")).isEqualTo("skipped");
            assertThat(world.reason("b")).isEqualTo("it needs a, which was failed");
            assertThat(world.verdict()).isEqualTo("succeeded");
        }

        @Test
        void failsTheRunInTheEndIfThatIsAsked() {
            RunWorld world = RunWorld.started(steps(
                    http("a", ", needs: [], onFailure: halt-branch-then-fail"),
                    http("b", ", needs: [a]"),
                    http("c", ", needs: []")));

            world.fail("a", "broken");
            assertThat(world.verdict()).isEqualTo("unfinished");
            world.succeed("c");

            assertThat(world.verdict()).isEqualTo("failed");
            assertThat(world.why()).isEqualTo("a: broken");
        }

        @Test
        void isAsASuccessIfItIsIgnored() {
            RunWorld world = RunWorld.started(steps(http("a", ", onFailure: ignore"), B));

            world.fail("a", "broken");
            assertThat(world.word("a")).isEqualTo("failed");
            assertThat(world.word("b")).isEqualTo("running");
            world.succeed("b");

            assertThat(world.verdict()).isEqualTo("succeeded");
        }
    }

    @Nested
    class AGroup {
        private static final String GROUP = steps("{name: g, parallel: [" + A + ", " + B + "]%s}", C);

        @Test
        void isThroughWhenItsStepsAre() {
            RunWorld world = RunWorld.started(GROUP.formatted(""));
            assertThat(world.word("g")).isEqualTo("running");
            world.succeed("a");
            assertThat(world.word("c")).isEqualTo("pending");
            world.succeed("b");

            assertThat(world.word("g")).isEqualTo("succeeded");
            assertThat(world.word("c")).isEqualTo("running");
        }

        @Test
        void failsWithItsStepAndEndsTheOthers() {
            RunWorld world = RunWorld.started(GROUP.formatted(""));
            world.fail("a", "broken");
            assertThat(world.state("b")).isInstanceOf(StepState.Ending.class);
            world.report("b", new LeafOutcome.Cancelled("ended", null));

            assertThat(world.word("g")).isEqualTo("failed");
            assertThat(world.why()).isEqualTo("g: a: broken");
        }

        @Test
        void canBeIgnored() {
            RunWorld world = RunWorld.started(GROUP.formatted(", onFailure: ignore"));
            world.fail("a", "broken");
            world.report("b", new LeafOutcome.Cancelled("ended", null));

            assertThat(world.word("c")).isEqualTo("running");
        }

        @Test
        void triesAllItsStepsAgainWithNewAttempts() {
            RunWorld world = RunWorld.started(GROUP.formatted(", retry: {limit: 1}"));
            world.fail("a", "broken");
            world.report("b", new LeafOutcome.Cancelled("ended", null));
            assertThat(world.state("g")).isInstanceOf(StepState.BackingOff.class);

            world.pass(Duration.ofHours(1)).fire("g", Timer.RESUME);

            assertThat(world.word("a")).isEqualTo("running");
            assertThat(world.attempt("a")).isEqualTo(2);
            world.succeed("a");
            world.succeed("b");
            assertThat(world.word("g")).isEqualTo("succeeded");
        }

        @Test
        void doesNotCountTheTimeOfPeople() {
            RunWorld world = RunWorld.started(
                    steps("{name: g, timeout: 10m, parallel: [{name: ask, approval: {message: ok?}}, " + A + "]}"));

            world.pass(Duration.ofMinutes(10)).fire("g", Timer.DEADLINE);
            assertThat(world.word("g")).isEqualTo("running");
            world.judge("ask", Judgement.APPROVE);
            world.pass(Duration.ofMinutes(10)).fire("g", Timer.DEADLINE);

            assertThat(world.state("g")).isInstanceOf(StepState.Collapsing.class);
            world.report("a", new LeafOutcome.Cancelled("ended", null));
            assertThat(world.why()).isEqualTo("g: timed out after 10m");
        }
    }

    @Nested
    class ACondition {
        @Test
        void thatIsFalseSkipsTheStepAndWhatFollowsRuns() {
            RunWorld world = RunWorld.started(steps(http("a", ", when: 'false'"), B));

            assertThat(world.word("a")).isEqualTo("skipped");
            assertThat(world.word("b")).isEqualTo("running");
        }

        @Test
        void thatCannotBeResolvedFailsTheStep() {
            RunWorld world = RunWorld.started(steps(http("a", ", when: 'maybe'"), B));

            assertThat(world.verdict()).isEqualTo("failed");
            assertThat(world.reason("a")).contains("maybe", "no boolean");
        }
    }

    @Nested
    class AnExpression {
        @Test
        void thatCannotBeResolvedFailsTheStepAndNamesWhatIsKnown() {
            RunWorld world =
                    RunWorld.started(steps("{name: a, http: {method: GET, url: 'http://${{ event.git.nothing }}'}}"));

            assertThat(world.verdict()).isEqualTo("failed");
            assertThat(world.reason("a"))
                    .isEqualTo("event.git.nothing cannot be resolved: there is no such key; known there: event, run");
            assertThat(world.effects(Effect.OfferWork.class)).isEmpty();
        }

        @Test
        void isResolvedWhenTheStepBegins() {
            RunWorld world =
                    RunWorld.started(steps("{name: a, http: {method: GET, url: 'http://${{ event.git.revision }}'}}"));

            assertThat(world.effects(Effect.OfferWork.class))
                    .extracting(each -> each.action().path("url").asText())
                    .containsExactly("http://" + RunWorld.REVISION);
        }
    }

    @Nested
    class ARetry {
        private static final String RETRIED =
                steps(http("a", ", retry: {limit: 2, backoff: 10s, factor: 2, maxBackoff: 15s, jitter: 0}"));

        @Test
        void beginsAgainAfterGrowingPauses() {
            RunWorld world = RunWorld.started(RETRIED);
            world.fail("a", "one");
            assertThat(resumeAt(world)).isEqualTo(RunWorld.NOON.plusSeconds(10));
            assertThat(world.word("a")).isEqualTo("waiting");

            world.pass(Duration.ofSeconds(10)).fire("a", Timer.RESUME);
            assertThat(world.attempt("a")).isEqualTo(2);
            world.fail("a", "two");
            assertThat(resumeAt(world)).isEqualTo(RunWorld.NOON.plusSeconds(25));

            world.pass(Duration.ofSeconds(15)).fire("a", Timer.RESUME);
            world.fail("a", "three");
            assertThat(world.verdict()).isEqualTo("failed");
            assertThat(world.why()).isEqualTo("a: three");
        }

        @Test
        void isNotMadeOnceTheRunIsKilled() {
            RunWorld world = RunWorld.started(RETRIED);
            world.fail("a", "one");

            world.accept(new RunInput.Cancel(Stop.KILL, "ann", null));

            assertThat(world.verdict()).isEqualTo("cancelled");
            assertThat(world.refused(new TimerFired("a", 1, Timer.RESUME)).why())
                    .isEqualTo(Refusal.STALE);
        }

        @Test
        void hasTheSameJitterEachTimeItIsReplayed() {
            String jittery = steps(http("a", ", retry: {limit: 2, backoff: 10s, jitter: 0.5}"));
            RunWorld first = RunWorld.started(jittery);
            RunWorld second = RunWorld.started(jittery);
            first.fail("a", "one");
            second.fail("a", "one");

            assertThat(resumeAt(first)).isEqualTo(resumeAt(second));
            assertThat(resumeAt(first)).isBetween(RunWorld.NOON.plusSeconds(5), RunWorld.NOON.plusSeconds(10));
        }

        private java.time.Instant resumeAt(RunWorld world) {
            return ((StepState.BackingOff) world.state("a")).resumeAt();
        }
    }

    @Nested
    class ATimeout {
        @Test
        void tellsTheWorkerToEndAndThenFailsTheAttempt() {
            RunWorld world = RunWorld.started(steps(http("a", ", timeout: 30s")));
            world.pass(Duration.ofSeconds(30)).fire("a", Timer.DEADLINE);
            assertThat(world.word("a")).isEqualTo("waiting");

            world.report("a", new LeafOutcome.Cancelled("aborted", null));

            assertThat(world.why()).isEqualTo("a: timed out after 30s (aborted)");
        }

        @Test
        void isLateIfTheWorkSucceededMeanwhile() {
            RunWorld world = RunWorld.started(steps(http("a", ", timeout: 30s")));
            world.fire("a", Timer.DEADLINE);

            world.succeed("a");

            assertThat(world.verdict()).isEqualTo("succeeded");
        }
    }

    @Nested
    class ADeployment {
        private static final String DEPLOY = steps("{name: d, deploy: {application: shop}}", B);

        @Test
        void asksTheSyncerForTheRevisionOfTheChangeAndShowsWhatItWaitsFor() {
            RunWorld world = RunWorld.started(DEPLOY);

            SyncCommand.SyncRequested request = (SyncCommand.SyncRequested) world.effects(Effect.Publish.class).stream()
                    .filter(each -> each.topic() == Topic.SYNC_COMMANDS)
                    .findFirst()
                    .orElseThrow()
                    .payload();
            assertThat(request.revision()).isEqualTo(RunWorld.REVISION);
            assertThat(request.deadline()).isEqualTo(RunWorld.NOON.plus(LeafBeginning.DEPLOY_TIMEOUT));
            assertThat(request.by().fence()).isPositive();
            Wait wait = StepView.of("d", "deploy", world.state("d")).waiting();
            assertThat(wait).isNotNull();
            assertThat(wait.on()).isEqualTo("shop at 123456789012");
        }

        @Test
        void goesOnWhenTheSyncerSaysSo() {
            RunWorld world = RunWorld.started(DEPLOY);

            world.accept(new RunInput.SyncReported(world.synced("d", SyncFact.Outcome.SUCCEEDED, List.of())));

            assertThat(world.word("d")).isEqualTo("succeeded");
            assertThat(world.word("b")).isEqualTo("running");
        }

        @Test
        void failsWithTheObjectThatIsNotHealthy() {
            RunWorld world = RunWorld.started(DEPLOY);

            world.accept(new RunInput.SyncReported(world.synced(
                    "d",
                    SyncFact.Outcome.FAILED,
                    List.of(new SyncFact.Problem("Deployment shop/web", null, null, "CrashLoopBackOff")))));

            assertThat(world.why()).isEqualTo("d: said the syncer: Deployment shop/web: CrashLoopBackOff");
        }

        @Test
        void passesOverAnAnswerToAnEarlierCommand() {
            RunWorld world = RunWorld.started(DEPLOY);
            SyncFact.SyncFinished old = world.synced("d", SyncFact.Outcome.FAILED, List.of());
            world.accept(new RunInput.SyncReported(old));
            world.accept(new RunInput.Retry("ann"));

            assertThat(world.refused(new RunInput.SyncReported(old)).why()).isEqualTo(Refusal.STALE);

            assertThat(world.word("d")).isEqualTo("waiting");
        }

        @Test
        void isWithdrawnWhenTheRunIsCancelled() {
            RunWorld world = RunWorld.started(DEPLOY);

            world.accept(new RunInput.Cancel(Stop.KILL, "ann", "wrong one"));

            assertThat(world.verdict()).isEqualTo("cancelled");
            assertThat(world.effects(Effect.Publish.class))
                    .extracting(Effect.Publish::payload)
                    .hasAtLeastOneElementOfType(SyncCommand.SyncWithdrawn.class);
        }

        @Test
        void isWithdrawnWhenTheSyncerSaysNothingInTime() {
            RunWorld world = RunWorld.started(DEPLOY);

            world.pass(Duration.ofMinutes(11)).fire("d", Timer.DEADLINE);

            assertThat(world.why()).startsWith("d: timed out after 10m, and the syncer did not say why");
        }
    }

    @Nested
    class AnApproval {
        private static final String ASK = steps("{name: ask, approval: {message: 'Release?'}}", B);

        @Test
        void goesOnWithWhoApproved() {
            RunWorld world = RunWorld.started(ASK);
            assertThat(world.word("ask")).isEqualTo("waiting");

            world.judge("ask", Judgement.APPROVE);

            assertThat(((StepState.Ended) world.state("ask"))
                            .outputs()
                            .get("approvedBy")
                            .asText())
                    .isEqualTo("ann");
            assertThat(world.word("b")).isEqualTo("running");
        }

        @Test
        void failsWhenItIsRejected() {
            RunWorld world = RunWorld.started(ASK);

            world.judge("ask", Judgement.REJECT);

            assertThat(world.why()).isEqualTo("ask: rejected by ann: so be it");
        }

        @Test
        void isRejectedWhenNobodyDecides() {
            RunWorld world = RunWorld.started(ASK);

            world.pass(Duration.ofDays(3)).fire("ask", Timer.DEADLINE);

            assertThat(world.why()).isEqualTo("ask: rejected: nobody decided within 72h");
        }

        @Test
        void isRejectedAfterTheTimeoutOfItsStep() {
            RunWorld world = RunWorld.started(steps("{name: ask, approval: {message: 'Release?'}, timeout: 2s}"));
            assertThat(world.effects(Effect.SetTimer.class))
                    .extracting(Effect.SetTimer::due)
                    .containsExactly(RunWorld.NOON.plus(Duration.ofSeconds(2)));

            world.pass(Duration.ofSeconds(2)).fire("ask", Timer.DEADLINE);

            assertThat(world.why()).isEqualTo("ask: rejected: nobody decided within 2s");
        }

        @Test
        void isNotGivenTwiceOrByNobodyOrForAnotherStep() {
            RunWorld world = RunWorld.started(ASK);
            assertThat(world.refused(new RunInput.Judge("ask", Judgement.APPROVE, " ", null))
                            .why())
                    .isEqualTo(Refusal.INVALID);
            assertThat(world.refused(new RunInput.Judge("b", Judgement.APPROVE, "ann", null))
                            .why())
                    .isEqualTo(Refusal.NOT_NOW);
            assertThat(world.refused(new RunInput.Judge("x", Judgement.APPROVE, "ann", null))
                            .why())
                    .isEqualTo(Refusal.UNKNOWN);
            world.judge("ask", Judgement.APPROVE);
            assertThat(world.refused(new RunInput.Judge("ask", Judgement.REJECT, "bob", null))
                            .why())
                    .isEqualTo(Refusal.NOT_NOW);
        }
    }

    @Nested
    class WhatIsAlwaysDone {
        @Test
        void isDoneAfterASuccess() {
            RunWorld world = RunWorld.started(steps(A) + LAST);
            world.succeed("a");
            assertThat(world.verdict()).isEqualTo("unfinished");
            world.succeed("last");

            assertThat(world.verdict()).isEqualTo("succeeded");
        }

        @Test
        void isDoneAfterAFailureAndTheVerdictStays() {
            RunWorld world = RunWorld.started(steps(A) + LAST);
            world.fail("a", "broken");
            assertThat(world.word("last")).isEqualTo("running");
            world.succeed("last");

            assertThat(world.why()).isEqualTo("a: broken");
        }

        @Test
        void spoilsASuccessWhenItFails() {
            RunWorld world = RunWorld.started(steps(A) + LAST);
            world.succeed("a");
            world.fail("last", "disk full");

            assertThat(world.why()).isEqualTo("last: disk full");
        }

        @Test
        void isDoneOnAStopWithFinallyAndNotOnAKill() {
            RunWorld world = RunWorld.started(steps(A) + LAST);
            world.accept(new RunInput.Cancel(Stop.FINALLY, "ann", null));
            world.report("a", new LeafOutcome.Cancelled("ended", null));
            assertThat(world.word("last")).isEqualTo("running");

            world.accept(new RunInput.Cancel(Stop.KILL, "ann", null));
            world.report("last", new LeafOutcome.Cancelled("ended", null));
            assertThat(world.verdict()).isEqualTo("cancelled");
        }

        @Test
        void goesOnAfterOneOfItFailed() {
            RunWorld world = RunWorld.started(steps(A) + "finally:\n- " + B + "\n- " + C + "\n");
            world.succeed("a");
            world.fail("b", "broken");

            assertThat(world.word("c")).isEqualTo("running");
            world.succeed("c");
            assertThat(world.verdict()).isEqualTo("failed");
        }
    }

    @Nested
    class ADrain {
        @Test
        void letsWhatRunsComeToItsEndAndBeginsNothingNew() {
            RunWorld world = RunWorld.started(steps(A, B) + LAST);

            world.accept(new RunInput.Cancel(Stop.DRAIN, "ann", null));
            assertThat(world.word("a")).isEqualTo("running");
            world.succeed("a");

            assertThat(world.word("b")).isEqualTo("cancelled");
            world.succeed("last");
            assertThat(world.verdict()).isEqualTo("cancelled");
            assertThat(world.word("a")).isEqualTo("succeeded");
        }

        @Test
        void endsAGroupWhoseStepFailsMeanwhile() {
            RunWorld world = RunWorld.started(steps("{name: g, parallel: [" + A + ", " + B + "]}"));
            world.accept(new RunInput.Cancel(Stop.DRAIN, "ann", null));

            world.fail("a", "broken");
            world.succeed("b");

            assertThat(world.reason("g")).isEqualTo("a: broken");
            assertThat(world.verdict()).isEqualTo("cancelled");
        }

        @Test
        void canBecomeAKillAndIsNotAskedTwice() {
            RunWorld world = RunWorld.started(steps(A, B));
            world.accept(new RunInput.Cancel(Stop.DRAIN, "ann", null));
            assertThat(world.refused(new RunInput.Cancel(Stop.DRAIN, "ann", null))
                            .why())
                    .isEqualTo(Refusal.DUPLICATE);

            world.accept(new RunInput.Cancel(Stop.KILL, "ann", null));
            world.report("a", new LeafOutcome.Cancelled("ended", null));

            assertThat(world.verdict()).isEqualTo("cancelled");
            assertThat(world.refused(new RunInput.Cancel(Stop.KILL, "ann", null))
                            .why())
                    .isEqualTo(Refusal.NOT_NOW);
        }
    }

    @Nested
    class ARetryByAPerson {
        @Test
        void goesOnFromTheStepThatFailed() {
            RunWorld world = RunWorld.started(steps(A, B, C) + LAST);
            world.succeed("a");
            world.fail("b", "broken");
            world.succeed("last");

            world.accept(new RunInput.Retry("ann"));

            assertThat(world.attempt("a")).isEqualTo(1);
            assertThat(world.word("b")).isEqualTo("running");
            assertThat(world.attempt("b")).isEqualTo(2);
            world.succeed("b");
            world.succeed("c");
            assertThat(world.attempt("last")).isEqualTo(2);
            world.succeed("last");
            assertThat(world.verdict()).isEqualTo("succeeded");
        }

        @Test
        void isRefusedWhereThereIsNothingToRetry() {
            RunWorld world = RunWorld.started(steps(A));
            assertThat(world.refused(new RunInput.Retry("ann")).why()).isEqualTo(Refusal.NOT_NOW);
            world.succeed("a");
            assertThat(world.refused(new RunInput.Retry("ann")).why()).isEqualTo(Refusal.NOT_NOW);
        }
    }

    @Nested
    class ALine {
        private static final String LINED = "concurrency: {key: shop, rule: latest}\n" + steps(A);

        @Test
        void isWaitedInBeforeTheRunBegins() {
            RunWorld world = RunWorld.started(LINED);
            assertThat(world.effects(Effect.JoinLine.class)).hasSize(1);
            assertThat(world.word("a")).isEqualTo("pending");

            world.accept(new RunInput.TurnAwaited("r-1"));
            world.accept(new RunInput.TurnGranted());
            assertThat(world.refused(new RunInput.TurnGranted()).why()).isEqualTo(Refusal.NOT_NOW);
            world.succeed("a");

            assertThat(world.effects(Effect.LeaveLine.class)).hasSize(1);
        }

        @Test
        void canBeLeftForANewerRun() {
            RunWorld world = RunWorld.started(LINED);

            world.accept(new RunInput.Superseded("r-2"));

            assertThat(world.verdict()).isEqualTo("superseded");
            assertThat(world.why()).isEqualTo("run r-2 is newer and takes its place");
            assertThat(world.refused(new RunInput.Retry("ann")).why()).isEqualTo(Refusal.NOT_NOW);
        }
    }

    @Nested
    class LateAndDuplicateInputs {
        @Test
        void areRefusedVisibly() {
            RunWorld world = RunWorld.started(steps(A, B));
            Charter charter = world.present().charter();
            assertThat(world.refused(new RunInput.Start(charter)).why()).isEqualTo(Refusal.DUPLICATE);
            world.succeed("a");

            RunInput again = new RunInput.LeafReported("a", 1, 1, new LeafOutcome.Succeeded(Map.of(), null));
            assertThat(world.refused(again).why()).isEqualTo(Refusal.STALE);
            RunInput future = new RunInput.LeafReported("b", 2, 1, new LeafOutcome.Succeeded(Map.of(), null));
            assertThat(world.refused(future).why()).isEqualTo(Refusal.STALE);
            assertThat(world.refused(new TimerFired("a", 1, Timer.DEADLINE)).why())
                    .isEqualTo(Refusal.STALE);
        }

        @Test
        void aboutAnUnknownRunAreRefused() {
            assertThat(new RunWorld().refused(new RunInput.TurnGranted()).why()).isEqualTo(Refusal.UNKNOWN);
        }
    }

    @Nested
    class AMessage {
        @Test
        void isAskedForAndTheStepIsThrough() {
            RunWorld world =
                    RunWorld.started(steps("{name: say, notify: {slack: '#x', text: 'for ${{ run.pipeline }}'}}"));

            assertThat(world.verdict()).isEqualTo("succeeded");
            assertThat(world.effects(Effect.Publish.class))
                    .filteredOn(each -> each.topic() == Topic.NOTICES)
                    .extracting(each -> ((NoticeRequested) each.payload()).text())
                    .containsExactly("for p");
        }

        @Test
        void isStuckWhereItsWorkspaceIsNotDefinedUntilItIs() {
            RunWorld world = new RunWorld().withWorkspace(false);
            world.accept(new RunInput.Start(
                    RunWorld.charter(steps("{name: say, notify: {slack: '#x', text: hello}, retry: {limit: 3}}"))));

            assertThat(world.word("say")).isEqualTo("stuck");
            assertThat(world.verdict()).isEqualTo("stuck");
            assertThat(world.why()).isEqualTo("say: there is no SlackWorkspace default");
            assertThat(world.effects(Effect.Publish.class)).noneMatch(each -> each.topic() == Topic.NOTICES);

            world.withWorkspace(true).accept(new RunInput.Retry("ann"));

            assertThat(world.verdict()).isEqualTo("succeeded");
        }

        @Test
        void isStuckWhereTheWorkspaceThatItNamesIsNotDefined() {
            RunWorld world =
                    RunWorld.started(steps("{name: say, notify: {slack: '#x', workspace: other, text: hello}}"));

            assertThat(world.why()).isEqualTo("say: there is no SlackWorkspace other");
        }
    }

    @Nested
    class APause {
        @Test
        void goesOnWhenItsTimeHasCome() {
            RunWorld world = RunWorld.started(steps("{name: w, wait: {duration: 5m}}", B));
            assertThat(world.effects(Effect.SetTimer.class))
                    .extracting(Effect.SetTimer::due)
                    .containsExactly(RunWorld.NOON.plus(Duration.ofMinutes(5)));

            world.pass(Duration.ofMinutes(5)).fire("w", Timer.RESUME);

            assertThat(world.word("b")).isEqualTo("running");
        }
    }

    @Nested
    class APauseThatOutlivesItsTimeout {
        private static final String LONG = steps("{name: w, wait: 1h, timeout: 2s%s}", B);

        @Test
        void failsTheStep() {
            RunWorld world = RunWorld.started(LONG.formatted(""));
            assertThat(world.effects(Effect.SetTimer.class))
                    .extracting(Effect.SetTimer::key, Effect.SetTimer::due)
                    .containsExactly(tuple("w#1#DEADLINE", RunWorld.NOON.plus(Duration.ofSeconds(2))));

            world.pass(Duration.ofSeconds(2)).fire("w", Timer.DEADLINE);

            assertThat(world.why()).isEqualTo("w: timed out after 2s");
            assertThat(world.word("b")).isEqualTo("skipped");
            assertThat(world.effects(Effect.ClearTimer.class))
                    .extracting(Effect.ClearTimer::key)
                    .containsExactly("w#1#DEADLINE");
        }

        @Test
        void isTriedAgainAndIgnoredAsOtherFailuresAre() {
            RunWorld world = RunWorld.started(LONG.formatted(", retry: {limit: 1}, onFailure: ignore"));

            world.pass(Duration.ofSeconds(2)).fire("w", Timer.DEADLINE);
            world.pass(Duration.ofHours(1)).fire("w", Timer.RESUME);
            assertThat(world.attempt("w")).isEqualTo(2);
            world.pass(Duration.ofSeconds(2)).fire("w", Timer.DEADLINE);

            assertThat(world.word("w")).isEqualTo("failed");
            assertThat(world.word("b")).isEqualTo("running");
        }

        @Test
        void isNoneIfItEndsInTime() {
            RunWorld world = RunWorld.started(steps("{name: w, wait: 2s, timeout: 2s}"));

            world.pass(Duration.ofSeconds(2)).fire("w", Timer.RESUME);

            assertThat(world.verdict()).isEqualTo("succeeded");
        }
    }

    @Nested
    class ADefinitionThatCannotBeRun {
        @Test
        void leavesTheRunStuckWithTheReason() {
            RunWorld world = RunWorld.started(steps("{name: d, deploy: {application: nothing}}"));

            assertThat(world.verdict()).isEqualTo("stuck");
            assertThat(world.why()).contains("step d deploys application nothing, which is not defined");
            assertThat(world.refused(new RunInput.Retry("ann")).why()).isEqualTo(Refusal.INVALID);
        }
    }
}
