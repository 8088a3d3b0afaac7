package dev.tiphys.engine.work.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Definition.JenkinsServer;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.engine.work.MemoryLedger;
import dev.tiphys.engine.work.Pauses;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.testkit.FakeJenkins;
import dev.tiphys.testkit.Fault;
import dev.tiphys.testkit.JenkinsJob;
import dev.tiphys.testkit.JenkinsRequest;
import dev.tiphys.testkit.JenkinsResult;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class JenkinsWorkerTest {
    private static final String KEY = "r-1/integration-test/1";
    private static final Pauses FAST = new Pauses(Duration.ofMillis(5), 1.5, Duration.ofMillis(20), 0);
    private static final Pacing PACING = pacing(Duration.ofSeconds(30));

    private final FakeJenkins jenkins = FakeJenkins.start(0, "tiphys", "t0ken");
    private final MemoryLedger ledger = new MemoryLedger();
    private String token = "t0ken";
    private Pipeline.Unstable unstable = Pipeline.Unstable.FAIL;
    private JenkinsWorker worker = worker(PACING);

    private JenkinsWorker worker(Pacing pacing) {
        return new JenkinsWorker(
                ref -> Optional.of(new Secret(ref, token.getBytes(StandardCharsets.UTF_8))), Clock.systemUTC(), pacing);
    }

    private static Pacing pacing(Duration answer) {
        return new Pacing(
                FAST, FAST, FAST, answer, Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(200));
    }

    @AfterEach
    void stop() {
        jenkins.close();
    }

    private JenkinsJob job() {
        return jenkins.job("shop/integration-test").parameters("REVISION", "RUN_ID");
    }

    @Nested
    class ABuild {
        @Test
        void isAskedForWatchedAndItsResultTaken() throws Exception {
            job().log("Testing ü\n").queueFor(Duration.ofMillis(50)).runsFor(Duration.ofMillis(100));

            LeafOutcome outcome = perform();

            assertThat(outcome).isInstanceOfSatisfying(LeafOutcome.Succeeded.class, succeeded -> {
                assertThat(succeeded.outputs())
                        .containsEntry("result", TextNode.valueOf("SUCCESS"))
                        .containsKeys("number", "url");
                assertThat(succeeded.link())
                        .endsWith("/job/shop/job/integration-test/1/")
                        .startsWith(jenkins.url() + "");
            });
            assertThat(job().builds().getFirst().parameters()).isEqualTo(Map.of("REVISION", "abc", "RUN_ID", KEY));
            assertThat(ledger.log()).containsOnlyOnce("Testing ü\n").contains("Finished: SUCCESS");
            assertThat(ledger.waits()).extracting(Wait::reason).containsSubsequence("jenkins queue", "jenkins build");
            assertThat(ledger.waits()).extracting(Wait::unblock).contains("Waiting for next available executor");
            assertThat(ledger.saves().getFirst()).isEqualTo(Json.tree(Map.of("firstBuild", 1)));
        }

        @ParameterizedTest
        @CsvSource({
            "SUCCESS,FAIL,Succeeded",
            "UNSTABLE,FAIL,Failed",
            "UNSTABLE,SUCCEED,Succeeded",
            "FAILURE,SUCCEED,Failed",
            "ABORTED,FAIL,Failed",
            "NOT_BUILT,FAIL,Failed"
        })
        void decidesTheStep(JenkinsResult result, Pipeline.Unstable meaning, String outcome) throws Exception {
            unstable = meaning;
            job().result(result);

            LeafOutcome met = perform();

            assertThat(met.getClass().getSimpleName()).isEqualTo(outcome);
            if (met instanceof LeafOutcome.Failed(var reason, var link, var outputs)) {
                assertThat(reason).isEqualTo("Jenkins build shop/integration-test #1 ended " + result);
                assertThat(link).endsWith("/1/");
                assertThat(outputs).containsEntry("result", TextNode.valueOf(result.name()));
            }
        }

        @Test
        void endsNotBeforeItsPostBuildSteps() throws Exception {
            job().postFor(Duration.ofMillis(200));

            perform();

            assertThat(job().builds().getFirst().building()).isFalse();
        }

        @Test
        void isFoundUnderTheAddressThatWeKnow() throws Exception {
            job();
            jenkins.configuredUrl(URI.create("http://ci.invalid/jenkins/"));

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
        }

        @Test
        void ofAJobWithoutParametersIsAskedForPlainly() throws Exception {
            jenkins.job("shop/integration-test");

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(ledger.log()).contains("does not declare REVISION, RUN_ID: Jenkins drops it");
        }

        @Test
        void isFoundByItsQueueItemWhenJenkinsForgotTheItem() throws Exception {
            job().queueFor(Duration.ofMillis(100));
            jenkins.leftItemsLive(Duration.ZERO);

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(jenkins.buildsByRun()).isEqualTo(Map.of(KEY, 1));
        }

        @Test
        void isLostWithAReasonWhenARestartForgotTheQueue() throws Exception {
            job().queueUntilReleased();
            ledger.onEntry(l -> {
                if (l.waits().stream().anyMatch(wait -> wait.reason().equals("jenkins queue"))) {
                    jenkins.restart();
                }
            });

            assertThat(perform())
                    .isInstanceOfSatisfying(
                            LeafOutcome.Failed.class,
                            failed -> assertThat(failed.reason()).contains("queue item 1 is gone"));
        }
    }

    @Nested
    class EqualTriggers {
        @Test
        void areKeptApartByRunId() throws Exception {
            job().queueUntilReleased();
            Thread first = Thread.startVirtualThread(() -> ignoring(() -> perform("r-2", new MemoryLedger(), null)));
            Thread releaser = Thread.startVirtualThread(() -> {
                while (jenkins.acceptedByRun().size() < 2) {
                    Thread.onSpinWait();
                }
                jenkins.release();
            });

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            first.join();
            releaser.join();
            assertThat(job().builds()).hasSize(2);
        }

        @Test
        void shareABuildAndSayItWhereTheJobDoesNotDeclareRunId() throws Exception {
            JenkinsJob shared =
                    jenkins.job("shop/integration-test").parameters("REVISION").queueUntilReleased();
            shared.result(JenkinsResult.FAILURE);
            MemoryLedger other = new MemoryLedger();
            Thread first = Thread.startVirtualThread(() -> ignoring(() -> perform("r-2", other, null)));
            while (other.waits().isEmpty()) {
                Thread.onSpinWait();
            }
            ledger.onEntry(l -> {
                if (!l.waits().isEmpty()) {
                    jenkins.release();
                }
            });

            assertThat(perform())
                    .isInstanceOfSatisfying(
                            LeafOutcome.Failed.class,
                            failed -> assertThat(failed.reason()).contains("shared with another trigger"));
            first.join();
            assertThat(shared.builds()).hasSize(1);
        }
    }

    @Nested
    class ALostAnswer {
        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void isSearchedForAndNotAskedTwice(boolean acted) throws Exception {
            job();
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, acted ? new Fault.ActThenDrop() : new Fault.Drop());

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(jenkins.buildsByRun()).isEqualTo(Map.of(KEY, 1));
            assertThat(jenkins.traffic().count(JenkinsRequest.TRIGGER)).isEqualTo(acted ? 1 : 2);
        }

        @Test
        void isSearchedForInTheQueueToo() throws Exception {
            job().queueFor(Duration.ofMillis(200));
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.ActThenRefuse(502, "bad gateway", Map.of()));

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(jenkins.traffic().count(JenkinsRequest.TRIGGER)).isEqualTo(1);
        }

        @Test
        void withoutItsLocationIsSearchedFor() throws Exception {
            job();
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.LoseHeader("Location"));

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(jenkins.buildsByRun()).isEqualTo(Map.of(KEY, 1));
        }

        @Test
        void cannotBeToldWithoutRunId() throws Exception {
            jenkins.job("shop/integration-test").parameters("REVISION");
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.ActThenDrop());

            assertThat(perform())
                    .isInstanceOfSatisfying(
                            LeafOutcome.Stuck.class,
                            stuck -> assertThat(stuck.reason())
                                    .contains("build #1")
                                    .contains("RUN_ID"));
            assertThat(jenkins.job("shop/integration-test").builds()).hasSize(1);
        }

        @Test
        void isAskedAgainWithoutRunIdIfNothingIsThere() throws Exception {
            jenkins.job("shop/integration-test").parameters("REVISION");
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.Drop());

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
        }
    }

    @Nested
    class ACrash {
        @ParameterizedTest
        @CsvSource({"true,false", "false,false", "true,true", "false,true"})
        void atAnyEntryLeadsToOneBuild(boolean before, boolean answersGetLost) throws Exception {
            job().log("one\ntwo\n").queueFor(Duration.ofMillis(30)).runsFor(Duration.ofMillis(30));
            for (int entry = 1; ; entry++) {
                String run = "r-" + entry + before;
                MemoryLedger crashing = new MemoryLedger();
                crashing = before ? crashing.crashBefore(entry) : crashing.crashAfter(entry);
                if (answersGetLost) {
                    jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.ActThenDrop());
                }
                LeafOutcome outcome = performThroughCrashes(run, crashing);
                jenkins.traffic().heal();

                assertThat(outcome).isInstanceOf(LeafOutcome.Succeeded.class);
                assertThat(jenkins.buildsByRun()).containsEntry(run + "/integration-test/1", 1);
                if (!crashing.hasCrashed()) {
                    assertThat(entry).isGreaterThan(5);
                    return;
                }
            }
        }

        private LeafOutcome performThroughCrashes(String run, MemoryLedger crashing) throws Exception {
            try {
                return perform(run, crashing, null);
            } catch (MemoryLedger.Crash _) {
                return perform(run, new MemoryLedger(), crashing.progress());
            }
        }
    }

    @Nested
    class Jenkins {
        @Test
        void isWaitedForWhileItIsAway() throws Exception {
            job();
            jenkins.traffic().fail(JenkinsRequest.JOB, 2, Fault.refuse(503));
            jenkins.traffic().fail(JenkinsRequest.QUEUE_ITEM, 2, new Fault.Drop());
            jenkins.traffic().fail(JenkinsRequest.BUILD, 2, new Fault.Drop());
            jenkins.traffic().fail(JenkinsRequest.LOG, 1, new Fault.Drop());

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(jenkins.buildsByRun()).isEqualTo(Map.of(KEY, 1));
            assertThat(ledger.waits()).anySatisfy(wait -> {
                assertThat(wait.reason()).isEqualTo("jenkins");
                assertThat(wait.on()).isEqualTo("ci");
                assertThat(wait.unblock()).contains("503");
            });
        }

        @Test
        void thatStallsInTheMiddleOfAnAnswerIsAskedAgain() throws Exception {
            worker = worker(pacing(Duration.ofMillis(500)));
            job().log("one\n");
            jenkins.traffic().fail(JenkinsRequest.JOB, 1, new Fault.ActThenStall());
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.ActThenStall());
            jenkins.traffic().fail(JenkinsRequest.LOG, 1, new Fault.ActThenStall());

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(jenkins.buildsByRun()).isEqualTo(Map.of(KEY, 1));
            assertThat(ledger.waits())
                    .extracting(Wait::unblock)
                    .contains("ci does not answer: no whole answer within 500 ms");
        }

        @Test
        void thatRefusesForNowIsAskedAgain() throws Exception {
            job();
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.Refuse(302, "", Map.of("Location", ".")));

            assertThat(perform()).isInstanceOf(LeafOutcome.Succeeded.class);
            assertThat(jenkins.buildsByRun()).isEqualTo(Map.of(KEY, 1));
        }

        @Test
        void thatDoesNotKnowUsNeedsAPerson() throws Exception {
            job();
            token = "wrong-token";

            assertThat(perform())
                    .isInstanceOfSatisfying(
                            LeafOutcome.Stuck.class,
                            stuck -> assertThat(stuck.reason())
                                    .contains("user and token of JenkinsServer ci")
                                    .doesNotContain("wrong-token"));
        }

        @Test
        void thatDoesNotPermitNeedsAPerson() throws Exception {
            job();
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, Fault.refuse(403));

            assertThat(perform()).isInstanceOf(LeafOutcome.Stuck.class);
        }

        @Test
        void withoutTheJobNeedsAPerson() throws Exception {
            assertThat(perform())
                    .isInstanceOfSatisfying(
                            LeafOutcome.Stuck.class,
                            stuck -> assertThat(stuck.reason()).contains("has no job shop/integration-test"));
        }

        @Test
        void withADisabledJobNeedsAPerson() throws Exception {
            job().disable();

            assertThat(perform())
                    .isInstanceOfSatisfying(
                            LeafOutcome.Stuck.class,
                            stuck -> assertThat(stuck.reason()).contains("disabled"));
        }
    }

    @Nested
    class ACancelledStep {
        @Test
        void takesItsItemFromTheQueue() throws Exception {
            job().queueUntilReleased();
            cancelWhenWaitingFor("jenkins queue");

            assertThat(perform())
                    .isInstanceOfSatisfying(
                            LeafOutcome.Cancelled.class,
                            cancelled -> assertThat(cancelled.detail()).isEqualTo("queue item 1 cancelled"));
            jenkins.release();
            assertThat(job().builds()).isEmpty();
        }

        @Test
        void stopsItsBuild() throws Exception {
            job().runUntilFinished();
            cancelWhenWaitingFor("jenkins build");

            assertThat(perform())
                    .isInstanceOfSatisfying(
                            LeafOutcome.Cancelled.class,
                            cancelled -> assertThat(cancelled.detail()).isEqualTo("build #1 ended ABORTED"));
            assertThat(job().builds().getFirst().building()).isFalse();
        }

        @Test
        void asksForNothing() throws Exception {
            job();
            ledger.cancel();

            assertThat(perform()).isInstanceOf(LeafOutcome.Cancelled.class);
            assertThat(jenkins.traffic().count(JenkinsRequest.TRIGGER)).isZero();
        }

        @Test
        void stopsTheBuildOfALostAnswer() throws Exception {
            job().runUntilFinished();
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.ActThenDrop());
            cancelWhenWaitingFor("jenkins");

            assertThat(perform()).isInstanceOf(LeafOutcome.Cancelled.class);
            assertThat(job().builds())
                    .allSatisfy(build -> assertThat(build.building()).isFalse());
        }

        private void cancelWhenWaitingFor(String reason) {
            ledger.onEntry(l -> {
                if (l.waits().stream().anyMatch(wait -> wait.reason().equals(reason))) {
                    l.cancel();
                }
            });
        }
    }

    @Test
    void aLostLeaseEndsTheWorkWithoutFurtherEffects() {
        job().runUntilFinished();
        ledger.onEntry(l -> {
            if (l.saves().size() == 2) {
                l.loseLease();
            }
        });

        assertThatThrownBy(this::perform).isInstanceOf(LeaseLost.class);
        assertThat(jenkins.traffic().count(JenkinsRequest.STOP)).isZero();
    }

    private LeafOutcome perform() throws Exception {
        return perform("r-1", ledger, null);
    }

    private LeafOutcome perform(String run, MemoryLedger on, com.fasterxml.jackson.databind.@Nullable JsonNode progress)
            throws Exception {
        Pipeline.Action.Jenkins action =
                new Pipeline.Action.Jenkins("ci", "shop/integration-test", Map.of("REVISION", "abc"), unstable);
        LeafWork work = new LeafWork(
                run,
                "shop-delivery",
                "integration-test",
                1,
                Json.tree(action),
                progress,
                Instant.now().plusSeconds(60),
                1);
        return worker.perform(work, new Servers(), on);
    }

    private final class Servers implements LeafWork.Lookup {
        @Override
        public <T extends Definition> @Nullable T find(Class<T> kind, String name) {
            return kind.cast(new JenkinsServer(
                    new DefinitionKey("JenkinsServer", "default", name),
                    jenkins.url().toString(),
                    "tiphys",
                    new SecretRef("jenkins", "token")));
        }
    }

    private interface Work {
        Object perform() throws Exception;
    }

    private static void ignoring(Work work) {
        try {
            work.perform();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
