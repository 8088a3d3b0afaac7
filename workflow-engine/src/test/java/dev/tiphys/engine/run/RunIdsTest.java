package dev.tiphys.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids of runs are told from other texts by their form. */
class RunIdsTest {
    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "2026-01-01T12:00:00Z", "2999-12-31T23:59:59.999999Z"})
    void anIdIsOne(String at) {
        assertThat(RunIds.isOne(RunIds.of("p", "key", Instant.parse(at)))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "zzzzzzzzzzzzzzzzzzzzzzzzzz",
                "1i7a9agns009imfm4a9c9ckr2",
                "1i7a9agns009imfm4a9c9ckr2P"
            })
    void otherTextsAreNone(String text) {
        assertThat(RunIds.isOne(text)).isFalse();
    }
}
