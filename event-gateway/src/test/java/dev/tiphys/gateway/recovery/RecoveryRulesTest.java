package dev.tiphys.gateway.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.gateway.recovery.LostDelivery.State;
import dev.tiphys.gateway.recovery.RecoveryRules.Plan;
import dev.tiphys.gateway.recovery.RecoveryRules.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RecoveryRulesTest {
    private static final Instant NOW = Instant.parse("2026-03-04T10:00:00Z");
    private static final Policy POLICY =
            new Policy(3, Duration.ofMinutes(5), Duration.ofDays(3), Duration.ofMinutes(2), 2, Set.of("ping"));

    @Nested
    class ADeliveryThatDidNotArrive {
        @Test
        void isAskedFor() {
            Plan plan = plan(List.of(attempt("7", "d-1", "push", 60, 503)), Set.of(), Map.of());

            assertThat(plan.asks()).hasSize(1);
            assertThat(plan.asks().getFirst().attempt().number()).isEqualTo("7");
            assertThat(plan.asks().getFirst().lost())
                    .isEqualTo(new LostDelivery("d-1", "push", ago(60), State.ASKED, 1, NOW, null));
        }

        @Test
        void isAskedForThoughSomebodyElseAnsweredWellInOurPlace() {
            assertThat(plan(List.of(attempt("7", "d-1", "push", 60, 200)), Set.of(), Map.of())
                            .asks())
                    .hasSize(1);
        }

        @Test
        void isLeftAloneIfALaterAttemptWasAnsweredWell() {
            List<Attempt> attempts =
                    List.of(attempt("8", "d-1", "push", 30, 202), attempt("7", "d-1", "push", 60, 503));

            assertThat(plan(attempts, Set.of(), Map.of())).isEqualTo(nothing());
        }

        @Test
        void isAskedForByItsNewestAttempt() {
            List<Attempt> attempts = List.of(attempt("8", "d-1", "push", 30, 0), attempt("7", "d-1", "push", 60, 503));

            assertThat(plan(attempts, Set.of(), Map.of()).asks())
                    .extracting(ask -> ask.attempt().number())
                    .containsExactly("8");
        }

        @Test
        void isGivenAMomentToArrive() {
            Plan plan = plan(List.of(attempt("7", "d-1", "push", 1, 0)), Set.of(), Map.of());

            assertThat(plan.asks()).isEmpty();
            assertThat(plan.waiting()).isEqualTo(1);
        }

        @Test
        void isAskedForAgainAfterEverLongerPauses() {
            Attempt attempt = attempt("7", "d-1", "push", 300, 503);

            assertThat(plan(List.of(attempt), Set.of(), lost(1, 4)).asks()).isEmpty();
            assertThat(plan(List.of(attempt), Set.of(), lost(1, 5)).asks())
                    .extracting(ask -> ask.lost().times())
                    .containsExactly(2);
            assertThat(plan(List.of(attempt), Set.of(), lost(2, 9)).asks()).isEmpty();
            assertThat(plan(List.of(attempt), Set.of(), lost(2, 10)).asks()).hasSize(1);
        }

        @Test
        void isGivenUpAfterSoManyTimesWithTheLastAnswer() {
            Plan plan = plan(List.of(attempt("7", "d-1", "push", 300, 503)), Set.of(), lost(3, 60));

            assertThat(plan.asks()).isEmpty();
            assertThat(plan.givenUp()).singleElement().satisfies(one -> {
                assertThat(one.state()).isEqualTo(State.GIVEN_UP);
                assertThat(one.reason()).contains("3 times").contains("503");
            });
        }

        @Test
        void isGivenUpWhenItsServerNoLongerSendsIt() {
            Duration old = Duration.ofDays(3).plusMinutes(1);
            Plan plan = plan(List.of(attempt("7", "d-1", "push", old.toMinutes(), 503)), Set.of(), Map.of());

            assertThat(plan.givenUp())
                    .singleElement()
                    .extracting(LostDelivery::reason)
                    .asString()
                    .contains("too old");
        }

        @Test
        void isGivenUpWhenItIsNotListedAnyMore() {
            LostDelivery one = new LostDelivery("d-1", "push", ago(5000), State.ASKED, 1, ago(60), null);

            assertThat(plan(List.of(), Set.of(), Map.of("d-1", one)).givenUp()).hasSize(1);
        }

        @Test
        void isNotAskedForOnceItWasGivenUp() {
            LostDelivery one = new LostDelivery("d-1", "push", ago(300), State.GIVEN_UP, 3, ago(60), "why");

            assertThat(plan(List.of(attempt("7", "d-1", "push", 300, 503)), Set.of(), Map.of("d-1", one)))
                    .isEqualTo(nothing());
        }
    }

    @Nested
    class ADeliveryThatArrived {
        @Test
        void isNothingToSpeakOf() {
            assertThat(plan(List.of(attempt("7", "d-1", "push", 60, 202)), Set.of("d-1"), Map.of()))
                    .isEqualTo(nothing());
        }

        @Test
        void isNotLostThoughItsAnswerWas() {
            assertThat(plan(List.of(attempt("7", "d-1", "push", 60, 0)), Set.of("d-1"), Map.of()))
                    .isEqualTo(nothing());
        }

        @Test
        void isRecoveredIfItWasAskedFor() {
            Plan plan = plan(List.of(attempt("7", "d-1", "push", 60, 503)), Set.of("d-1"), lost(1, 10));

            assertThat(plan.recovered())
                    .singleElement()
                    .extracting(LostDelivery::state)
                    .isEqualTo(State.RECOVERED);
            assertThat(plan.asks()).isEmpty();
        }

        @Test
        void isRecoveredEvenIfItIsNotListedAnyMore() {
            assertThat(plan(List.of(), Set.of("d-1"), lost(1, 10)).recovered()).hasSize(1);
        }

        @Test
        void isRecoveredOnce() {
            LostDelivery one = new LostDelivery("d-1", "push", ago(300), State.RECOVERED, 1, ago(60), null);

            assertThat(plan(List.of(attempt("7", "d-1", "push", 60, 503)), Set.of("d-1"), Map.of("d-1", one)))
                    .isEqualTo(nothing());
        }

        @Test
        void mayBeKnownByAnyOfItsIds() {
            Attempt attempt = new Attempt("7", List.of("key", "uuid"), "push_hooks", ago(60), 0);

            assertThat(RecoveryRules.plan(List.of(attempt), Set.of("uuid"), Map.of(), POLICY, NOW))
                    .isEqualTo(nothing());
        }
    }

    @Nested
    class ATrialOfTheConnection {
        @Test
        void isLeftAloneIfItWasAnsweredWell() {
            assertThat(plan(List.of(attempt("7", "d-1", "ping", 60, 202)), Set.of(), Map.of()))
                    .isEqualTo(nothing());
        }

        @Test
        void isAskedForIfItWasNot() {
            assertThat(plan(List.of(attempt("7", "d-1", "ping", 60, 503)), Set.of(), Map.of())
                            .asks())
                    .hasSize(1);
        }
    }

    @Test
    void asksForTheOldestFirstAndForSoManyAtOnce() {
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            attempts.add(attempt("" + i, "d-" + i, "push", 10L * i, 503));
        }
        Plan plan = plan(attempts, Set.of(), Map.of());

        assertThat(plan.asks()).extracting(ask -> ask.lost().delivery()).containsExactly("d-5", "d-4");
        assertThat(plan.waiting()).isEqualTo(3);
    }

    private static Plan nothing() {
        return new Plan(List.of(), List.of(), List.of(), 0);
    }

    private static Plan plan(List<Attempt> attempts, Set<String> arrived, Map<String, LostDelivery> lost) {
        return RecoveryRules.plan(attempts, arrived, lost, POLICY, NOW);
    }

    private static Map<String, LostDelivery> lost(int times, long minutesAgo) {
        return Map.of("d-1", new LostDelivery("d-1", "push", ago(300), State.ASKED, times, ago(minutesAgo), null));
    }

    private static Attempt attempt(String number, String delivery, String event, long minutesAgo, int status) {
        return new Attempt(number, List.of(delivery), event, ago(minutesAgo), status);
    }

    private static Instant ago(long minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }
}
