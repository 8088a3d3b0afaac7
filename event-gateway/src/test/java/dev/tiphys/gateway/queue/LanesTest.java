package dev.tiphys.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanesTest {
    @Test
    void keepWhatBelongsTogetherInOrderAndLetTheRestGoAlone() {
        List<List<String>> lanes =
                Lanes.of(List.of("a1", "b1", "-", "a2", "-"), one -> one.equals("-") ? null : one.substring(0, 1));

        assertThat(lanes).containsExactly(List.of("a1", "a2"), List.of("b1"), List.of("-"), List.of("-"));
    }

    @Test
    void aPaceDoublesUpToItsLongest() {
        Pace pace = new Pace(Duration.ofSeconds(2), Duration.ofSeconds(10));

        assertThat(List.of(1, 2, 3, 4, 1_000))
                .extracting(pace::after)
                .extracting(Duration::toSeconds)
                .containsExactly(2L, 4L, 8L, 10L, 10L);
    }
}
