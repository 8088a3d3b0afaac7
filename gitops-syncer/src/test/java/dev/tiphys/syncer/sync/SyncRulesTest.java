package dev.tiphys.syncer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.HealthStatus;
import dev.tiphys.contracts.sync.SyncCommand.SyncRequested;
import dev.tiphys.contracts.sync.SyncCommand.SyncWithdrawn;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import dev.tiphys.contracts.sync.SyncStatus;
import dev.tiphys.syncer.sync.ApplicationState.Seen;
import dev.tiphys.syncer.sync.Decision.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What commands, people and comparisons mean for an application. */
class SyncRulesTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String ONE = "1".repeat(40);
    private static final String TWO = "2".repeat(40);
    private static final Application PLAIN = application(null);
    private static final Application AUTOMATED = application(new Application.Automated(true, true, false));
    private static final Seen SYNCED = seen(SyncStatus.SYNCED, HealthStatus.HEALTHY);

    private ApplicationState state = ApplicationState.NEW;
    private Application definition = PLAIN;
    private Instant now = NOON;
    private Decision last = new Decision(state, List.of(), null);

    @Nested
    class ACommand {
        @Test
        void beginsASync() {
            given(requested(1, ONE));

            assertThat(last.accepted()).isTrue();
            assertThat(running().requested()).isEqualTo(ONE);
            assertThat(running().deadline()).isEqualTo(NOON.plusSeconds(60));
        }

        @Test
        void twiceBeginsOneSync() {
            given(requested(1, ONE));

            given(requested(1, ONE));

            assertThat(why()).isEqualTo(Why.DUPLICATE);
            assertThat(last.facts()).isEmpty();
        }

        @Test
        void aboutASyncThatIsOverBeginsNothing() {
            given(requested(1, ONE));
            given(over(Outcome.SUCCEEDED));

            given(requested(1, ONE));

            assertThat(why()).isEqualTo(Why.DUPLICATE);
            assertThat(last.facts()).isEmpty();
        }

        @Test
        void withASmallerFenceIsRefusedAloud() {
            given(requested(5, ONE));

            given(requested(4, TWO));

            assertThat(why()).isEqualTo(Why.STALE);
            assertThat(finished().outcome()).isEqualTo(Outcome.WITHDRAWN);
            assertThat(finished().message()).contains("fence 4", "fence 5");
            assertThat(running().requested()).isEqualTo(ONE);
        }

        @Test
        void refusedAloudIsRefusedOnce() {
            given(requested(5, ONE));
            given(requested(4, TWO));

            given(requested(4, TWO));

            assertThat(why()).isEqualTo(Why.DUPLICATE);
            assertThat(last.facts()).isEmpty();
        }

        @Test
        void takesThePlaceOfARunningSync() {
            given(requested(1, ONE));

            given(requested(2, TWO));

            assertThat(finished().outcome()).isEqualTo(Outcome.WITHDRAWN);
            assertThat(finished().by()).isEqualTo(by(1));
            assertThat(finished().message()).contains("run-2", TWO);
            assertThat(running().requested()).isEqualTo(TWO);
        }

        @Test
        void forAnUnknownApplicationIsStuck() {
            Decision decision = SyncRules.decide("shop", state, requested(1, ONE), null, NOON);

            assertThat(decision.facts().getFirst().fact())
                    .isInstanceOfSatisfying(
                            SyncFinished.class,
                            finished -> assertThat(finished.outcome()).isEqualTo(Outcome.STUCK));
        }

        @Test
        void forAnApplicationThatSyncsItselfIsStuck() {
            definition = AUTOMATED;

            given(requested(1, ONE));

            assertThat(finished().outcome()).isEqualTo(Outcome.STUCK);
            assertThat(finished().message()).contains("automated");
            assertThat(StatusView.of(AUTOMATED, state).conditions())
                    .anyMatch(condition -> condition.type().equals("InvalidSpecError"));
        }

        @Test
        void withdrawnEndsItsSync() {
            given(requested(1, ONE));

            given(new SyncInput.Withdrawn(new SyncWithdrawn("shop", by(1), "the run was cancelled"), Causality.NONE));

            assertThat(finished().outcome()).isEqualTo(Outcome.WITHDRAWN);
            assertThat(finished().message()).isEqualTo("the run was cancelled");
            assertThat(state.operation()).isNull();
        }

        @Test
        void withdrawnBeforeItCameNeverBegins() {
            given(new SyncInput.Withdrawn(new SyncWithdrawn("shop", by(1), "the run was cancelled"), Causality.NONE));

            given(requested(1, ONE));

            assertThat(why()).isEqualTo(Why.DUPLICATE);
            assertThat(state.operation()).isNull();
        }
    }

    @Nested
    class AStaleFence {
        @Test
        void ofARequestChangesNothingThatRunsOrIsHeld() {
            deployed(4, ONE);
            given(requested(5, TWO));
            ApplicationState before = state;

            given(requested(3, ONE));

            assertThat(why()).isEqualTo(Why.STALE);
            assertThat(state.operation()).isEqualTo(before.operation());
            assertThat(state.held()).isEqualTo(before.held());
            assertThat(state.history()).isEqualTo(before.history());
            assertThat(state.fence()).isEqualTo(5);
        }

        @Test
        void isOneThatWasSeenWithAnotherRequest() {
            given(requested(5, ONE));

            given(new SyncInput.Requested(
                    new SyncRequested(
                            "shop", TWO, new DeployedBy("other", "delivery", "deploy", 1, 5), NOON.plusSeconds(60)),
                    Causality.NONE));

            assertThat(why()).isEqualTo(Why.STALE);
            assertThat(running().requested()).isEqualTo(ONE);
        }

        @Test
        void staysSeenWhenTheSyncIsOver() {
            deployed(5, ONE);

            given(requested(4, TWO));

            assertThat(why()).isEqualTo(Why.STALE);
            assertThat(state.operation()).isNull();
            assertThat(Objects.requireNonNull(state.held()).revision()).isEqualTo(ONE);
        }

        @Test
        void ofAWithdrawalEndsNoOtherSync() {
            given(requested(5, ONE));

            given(withdrawn(by(4)));

            assertThat(running().trigger().by()).isEqualTo(by(5));
            assertThat(state.fence()).isEqualTo(5);
        }

        @Test
        void ofAWithdrawalDoesNotEvenEndTheSyncThatItNames() {
            given(requested(5, ONE));

            given(withdrawn(new DeployedBy("run-5", "delivery", "deploy", 1, 4)));

            assertThat(why()).isEqualTo(Why.STALE);
            assertThat(running().requested()).isEqualTo(ONE);
            assertThat(last.facts()).isEmpty();
        }

        private static SyncInput withdrawn(DeployedBy by) {
            return new SyncInput.Withdrawn(new SyncWithdrawn("shop", by, "the run was cancelled"), Causality.NONE);
        }
    }

    @Nested
    class ASync {
        @Test
        void tellsNotMoreProblemsThanARecordHolds() {
            given(requested(1, ONE));
            List<Problem> problems = Collections.nCopies(5_000, new Problem(null, null, null, "broken"));

            given(new SyncInput.Over(running().id(), Outcome.STUCK, "broken", problems, Changes.NONE));

            assertThat(finished().problems()).hasSize(SyncRules.MOST_PROBLEMS);
        }

        @Test
        void startsWhenItsRevisionIsFound() {
            given(requested(1, null));

            given(new SyncInput.RevisionFound(running().id(), ONE));

            assertThat(fact())
                    .isInstanceOfSatisfying(
                            SyncFact.SyncStarted.class,
                            started -> assertThat(started.revision()).isEqualTo(ONE));
        }

        @Test
        void holdsTheApplicationFromItsFirstWrite() {
            given(requested(1, ONE));
            given(new SyncInput.RevisionFound(running().id(), ONE));

            given(new SyncInput.StageEntered(running().id(), StageName.APPLY, Changes.NONE));

            assertThat(Objects.requireNonNull(state.held()).revision()).isEqualTo(ONE);
            assertThat(state.pinned()).isTrue();
        }

        @Test
        void tellsAWaitOnceAndKeepsItsBeginning() {
            given(requested(1, ONE));
            given(new SyncInput.Blocked(running().id(), waiting("Deployment shop/web", NOON)));

            given(new SyncInput.Blocked(running().id(), waiting("Deployment shop/web", NOON.plusSeconds(5))));

            assertThat(last.facts()).isEmpty();
            assertThat(Objects.requireNonNull(running().waiting()).since()).isEqualTo(NOON);
        }

        @Test
        void tellsAnotherWait() {
            given(requested(1, ONE));
            given(new SyncInput.Blocked(running().id(), waiting("Deployment shop/web", NOON)));

            given(new SyncInput.Blocked(running().id(), waiting("Deployment shop/api", NOON)));

            assertThat(fact()).isInstanceOf(SyncFact.SyncWaiting.class);
        }

        @Test
        void entersTheHistoryWhenItSucceeds() {
            given(requested(1, ONE));
            given(new SyncInput.RevisionFound(running().id(), ONE));

            given(over(Outcome.SUCCEEDED));

            assertThat(state.history()).singleElement().satisfies(deployment -> {
                assertThat(deployment.id()).isEqualTo(1);
                assertThat(deployment.revision()).isEqualTo(ONE);
            });
            assertThat(last.facts().getFirst().id())
                    .isEqualTo("sync/" + OperationId.of("shop", by(1)).value() + "/finished");
        }

        @Test
        void thatIsReplacedCanReportNothing() {
            given(requested(1, ONE));
            OperationId replaced = running().id();
            given(requested(2, TWO));

            given(new SyncInput.Over(replaced, Outcome.SUCCEEDED, "done", List.of(), Changes.NONE));

            assertThat(why()).isEqualTo(Why.STALE);
            assertThat(last.facts()).isEmpty();
        }

        @Test
        void endsWhenTheDefinitionIsRemoved() {
            given(requested(1, ONE));

            given(new SyncInput.Removed());

            assertThat(finished().outcome()).isEqualTo(Outcome.WITHDRAWN);
        }
    }

    @Nested
    class APerson {
        @Test
        void cannotSyncWhileARunDeploys() {
            given(requested(1, ONE));

            given(new SyncInput.AskedByPerson("ada", null, null));

            assertThat(why()).isEqualTo(Why.NOT_ALLOWED);
        }

        @Test
        void appliesOnceMoreWhatARunDeployedAndTheRunStaysNamed() {
            deployed(1, ONE);

            given(new SyncInput.AskedByPerson("ada", null, null));
            given(new SyncInput.RevisionFound(running().id(), ONE));
            given(over(Outcome.SUCCEEDED));

            assertThat(Objects.requireNonNull(state.held()).by()).isEqualTo(by(1));
        }

        @Test
        void rollsBackToADeploymentOfTheHistory() {
            deployed(1, ONE);
            deployed(2, TWO);

            given(new SyncInput.RollbackAsked("ada", 1));

            assertThat(running().requested()).isEqualTo(ONE);
            assertThat(fact())
                    .isInstanceOfSatisfying(
                            ActionTaken.class,
                            taken -> assertThat(taken.actor()).isEqualTo("ada"));
        }

        @Test
        void cannotRollBackToWhatNeverWas() {
            given(new SyncInput.RollbackAsked("ada", 7));

            assertThat(why()).isEqualTo(Why.UNKNOWN);
        }

        @Test
        void cannotRollBackWhatSyncsItself() {
            definition = AUTOMATED;

            given(new SyncInput.RollbackAsked("ada", 1));

            assertThat(why()).isEqualTo(Why.NOT_ALLOWED);
        }
    }

    @Nested
    class AnAutomatedApplication {
        @Test
        void triesARevisionOnce() {
            definition = AUTOMATED;
            given(new SyncInput.FellBehind(ONE, "p"));
            given(over(Outcome.STUCK));

            given(new SyncInput.FellBehind(ONE, "p"));

            assertThat(why()).isEqualTo(Why.NOT_ALLOWED);
            assertThat(StatusView.of(AUTOMATED, state).conditions())
                    .anyMatch(condition -> condition.type().equals("SyncError"));
        }

        @Test
        void triesAgainWithOtherParameters() {
            definition = AUTOMATED;
            given(new SyncInput.FellBehind(ONE, "p"));
            given(over(Outcome.STUCK));

            given(new SyncInput.FellBehind(ONE, "q"));

            assertThat(last.accepted()).isTrue();
        }

        @Test
        void healsAtOnceAndThenWithGrowingPauses() {
            definition = AUTOMATED;
            given(new SyncInput.FellBehind(ONE, "p"));
            given(over(Outcome.SUCCEEDED));

            given(new SyncInput.FellBehind(ONE, "p"));
            assertThat(running().trigger()).isEqualTo(new Trigger.SelfHeal());
            given(over(Outcome.SUCCEEDED));
            given(new SyncInput.FellBehind(ONE, "p"));
            assertThat(why()).isEqualTo(Why.STALE);
            now = NOON.plus(Duration.ofSeconds(2));
            given(new SyncInput.FellBehind(ONE, "p"));

            assertThat(last.accepted()).isTrue();
            assertThat(state.history()).hasSizeLessThanOrEqualTo(1);
        }

        @Test
        void doesNotTakeOverWhatARunDeployed() {
            deployed(1, ONE);
            definition = AUTOMATED;

            given(new SyncInput.FellBehind(TWO, "p"));

            assertThat(why()).isEqualTo(Why.NOT_ALLOWED);
        }
    }

    @Nested
    class AComparison {
        @Test
        void tellsHealthAndDriftWhenTheyChange() {
            deployed(1, ONE);
            given(new SyncInput.Compared(SYNCED));

            given(new SyncInput.Compared(seen(SyncStatus.OUT_OF_SYNC, HealthStatus.DEGRADED)));

            assertThat(last.facts())
                    .extracting(told -> told.fact().getClass())
                    .isEqualTo(List.of(SyncFact.HealthChanged.class, SyncFact.DriftChanged.class));
        }

        @Test
        void withANewerRevisionThanTheDeployedOneIsNoDrift() {
            deployed(1, TWO);

            given(new SyncInput.Compared(seen(SyncStatus.OUT_OF_SYNC, HealthStatus.HEALTHY)));

            assertThat(last.facts()).noneMatch(told -> told.fact() instanceof SyncFact.DriftChanged);
        }

        @Test
        void thatIsImpossibleForAWhileLeavesTheDriftUntold() {
            deployed(1, ONE);
            given(new SyncInput.Compared(seen(SyncStatus.OUT_OF_SYNC, HealthStatus.HEALTHY)));

            given(new SyncInput.Compared(seen(SyncStatus.UNKNOWN, HealthStatus.HEALTHY)));
            assertThat(last.facts()).isEmpty();
            given(new SyncInput.Compared(SYNCED));

            assertThat(fact()).isInstanceOf(SyncFact.DriftChanged.class);
        }

        @Test
        void thatSaysTheSameChangesNothing() {
            given(new SyncInput.Compared(SYNCED));
            ApplicationState before = state;

            given(new SyncInput.Compared(SYNCED));

            assertThat(state).isEqualTo(before);
            assertThat(last.facts()).isEmpty();
        }
    }

    private void given(SyncInput input) {
        last = SyncRules.decide("shop", state, input, definition, now);
        state = last.next();
    }

    private void deployed(int fence, String revision) {
        given(requested(fence, revision));
        given(new SyncInput.RevisionFound(running().id(), revision));
        given(over(Outcome.SUCCEEDED));
    }

    private Operation running() {
        return Objects.requireNonNull(state.operation());
    }

    private SyncInput over(Outcome outcome) {
        return new SyncInput.Over(running().id(), outcome, "over", List.of(), Changes.NONE);
    }

    private Object fact() {
        return last.facts().getFirst().fact();
    }

    private SyncFinished finished() {
        return last.facts().stream()
                .map(Decision.Told::fact)
                .filter(SyncFinished.class::isInstance)
                .map(SyncFinished.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private Why why() {
        return Objects.requireNonNull(last.refusal()).why();
    }

    private static SyncInput requested(int fence, @Nullable String revision) {
        return new SyncInput.Requested(
                new SyncRequested("shop", revision, by(fence), NOON.plusSeconds(60)), Causality.NONE);
    }

    private static DeployedBy by(int fence) {
        return new DeployedBy("run-" + fence, "delivery", "deploy", 1, fence);
    }

    private static Wait waiting(String on, Instant since) {
        return new Wait("health", on, since, NOON.plusSeconds(60), "container web: ImagePullBackOff");
    }

    private static Seen seen(SyncStatus sync, HealthStatus health) {
        return new Seen(sync, health, null, null, List.of(), List.of(), List.of(), ONE, false);
    }

    private static Application application(Application.@Nullable Automated automated) {
        return new Application(
                new DefinitionKey("Application", "argocd", "shop"),
                "default",
                new Application.Source(
                        "https://git.example.com/acme/shop.git", "deploy", "main", false, List.of(), List.of()),
                new Application.Destination(Clusters.GIVEN, "shop"),
                automated,
                Set.of("CreateNamespace=true"),
                10);
    }
}
