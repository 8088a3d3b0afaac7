package dev.tiphys.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromiseTest {
    private static final Duration PROMISED = Duration.ofSeconds(1);

    @Test
    void isKeptWhenOneMeasurementStaysBelowAndThenMeasuresNoMore() {
        Iterator<Duration> took = List.of(Duration.ofSeconds(3), Duration.ofMillis(999), Duration.ZERO)
                .iterator();

        assertThatCode(() -> Promise.within(PROMISED, took::next)).doesNotThrowAnyException();

        assertThat(took).hasNext();
    }

    @Test
    void isBrokenWhenNoneDoes() {
        Iterator<Duration> took = List.of(Duration.ofSeconds(3), PROMISED, Duration.ofSeconds(2), Duration.ZERO)
                .iterator();

        assertThatThrownBy(() -> Promise.within(PROMISED, took::next))
                .isInstanceOf(AssertionError.class)
                .hasMessage("promised was less than PT1S, and it took [PT3S, PT1S, PT2S]");
    }

    @Test
    void isNotOfWhatFails() {
        assertThatThrownBy(() -> Promise.within(PROMISED, () -> {
                    throw new IllegalStateException("it does not work at all");
                }))
                .hasMessage("it does not work at all");
    }
}
