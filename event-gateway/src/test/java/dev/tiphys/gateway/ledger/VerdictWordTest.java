package dev.tiphys.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerdictWordTest {
    @Test
    void missedTicksCanBeAskedFor() {
        assertThat(VerdictWord.of("missed")).contains(VerdictWord.MISSED);
        assertThat(VerdictWord.words()).contains("missed", "too-large");
    }
}
