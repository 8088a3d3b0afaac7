package dev.tiphys.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Limits;
import dev.tiphys.gateway.limit.Admission.Answer;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private long now = 1;
    private final Admission admission = new Admission(new Rates(100, 100, 120, 10), () -> now);

    @Nested
    class AnEndpoint {
        @Test
        void hasItsBurstAndThenItsRate() {
            assertThat(letIn("shop", Limits.NONE, 200)).isEqualTo(100);

            pass(Duration.ofMillis(500));

            assertThat(letIn("shop", Limits.NONE, 200)).isEqualTo(50);
        }

        @Test
        void mayHaveLessByItsDefinitionAndNeverMore() {
            assertThat(letIn("small", new Limits(null, null, 5, 3, null), 100)).isEqualTo(3);
            assertThat(letIn("large", new Limits(null, null, 5_000, null, null), 10))
                    .isEqualTo(10);
            pass(Duration.ofSeconds(1));
            assertThat(letIn("small", new Limits(null, null, 5, 3, null), 100)).isEqualTo(3);
        }

        @Test
        void hasNoNewBurstBecauseItPaused() {
            Limits slow = new Limits(null, null, 1, 50, null);
            assertThat(letIn("shop", slow, 100)).isEqualTo(50);

            pass(Duration.ofSeconds(11));
            letIn("other", Limits.NONE, 1);
            pass(Duration.ofSeconds(1));
            letIn("other", Limits.NONE, 1);

            assertThat(letIn("shop", slow, 100)).isEqualTo(12);
        }

        @Test
        void whoseRateIsUsedUpIsToldWhenToComeAgain() {
            letIn("slow", new Limits(null, null, 1, 1, null), 1);

            assertThat(admission.verified("slow", new Limits(null, null, 1, 1, null)))
                    .isEqualTo(new Answer.Limited("the endpoint's rate is used up", 1));
        }

        @Test
        void whoseRateIsUsedUpIsTurnedAwayAtTheDoorUntilItFills() {
            letIn("shop", Limits.NONE, 100);
            assertThat(admission.atTheDoor("shop", "10.0.0.1")).isInstanceOf(Answer.Limited.class);

            pass(Duration.ofMillis(20));

            assertThat(admission.atTheDoor("shop", "10.0.0.1")).isInstanceOf(Answer.Admitted.class);
        }
    }

    @Nested
    class AStorm {
        @Test
        void atOneEndpointLeavesTheOthersTheirShare() {
            // Two endpoints are in use: each has 30 of the 60 that are shared out, and 60 are for whoever comes first.
            letIn("storm", Limits.NONE, 1);
            letIn("calm", Limits.NONE, 1);
            pass(Duration.ofSeconds(1));

            assertThat(letIn("storm", Limits.NONE, 1_000)).isEqualTo(90);
            assertThat(letIn("calm", Limits.NONE, 30)).isEqualTo(30);
        }

        @Test
        void atAllEndpointsIsHeldToTheOverallRate() {
            for (int i = 0; i < 4; i++) {
                letIn("e" + i, Limits.NONE, 1);
            }
            pass(Duration.ofSeconds(2));

            int before = IntStream.range(0, 4)
                    .map(i -> letIn("e" + i, Limits.NONE, 1_000))
                    .sum();
            pass(Duration.ofSeconds(1));
            int after = IntStream.range(0, 4)
                    .map(i -> letIn("e" + i, Limits.NONE, 1_000))
                    .sum();

            assertThat(before).isLessThanOrEqualTo(120);
            assertThat(after).isBetween(118, 120);
        }
    }

    @Nested
    class AStranger {
        @Test
        void thatProvesNothingAgainAndAgainIsTurnedAwayUnread() {
            for (int i = 0; i < 20; i++) {
                assertThat(admission.atTheDoor("shop", "10.6.6.6")).isInstanceOf(Answer.Admitted.class);
                admission.unverified("shop", "10.6.6.6");
            }

            assertThat(admission.atTheDoor("shop", "10.6.6.6")).isInstanceOf(Answer.Limited.class);
        }

        @Test
        void usesUpNobodyElsesRate() {
            for (int i = 0; i < 1_000; i++) {
                admission.unverified("shop", "10.6.6.6");
            }

            assertThat(admission.atTheDoor("shop", "10.0.0.1")).isInstanceOf(Answer.Admitted.class);
            assertThat(admission.atTheDoor("other", "10.6.6.6")).isInstanceOf(Answer.Admitted.class);
            assertThat(letIn("shop", Limits.NONE, 100)).isEqualTo(100);
        }
    }

    private int letIn(String endpoint, Limits limits, int times) {
        return (int) IntStream.range(0, times)
                .filter(_ -> admission.verified(endpoint, limits) instanceof Answer.Admitted)
                .count();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
