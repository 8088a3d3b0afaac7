package dev.tiphys.gateway.ledger;

import static dev.tiphys.gateway.ledger.Entries.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tiphys.gateway.ledger.SecretUse.Generation;
import dev.tiphys.gateway.ledger.SecretUse.Known;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecretUseTest {
    private static final byte[] NONE = {};

    private final SecretUse use = new SecretUse();

    @Test
    void knowsSinceWhenAValueIsThereAndThatItWasNeverUsed() {
        use.seen("shop", List.of(bytes("a"), NONE), NOW);

        assertThat(use.unwritten())
                .extracting(Known::generation, Known::since, Known::lastUsedAt, known -> known.check() == null)
                .containsExactlyInAnyOrder(
                        tuple(new Generation("shop", 0), NOW, null, false),
                        tuple(new Generation("shop", 1), NOW, null, true));
    }

    @Test
    void keepsTheBeginningOfAValueThatIsSeenAgain() {
        use.seen("shop", List.of(bytes("a")), NOW);
        use.seen("shop", List.of(bytes("a")), NOW.plusSeconds(9));

        assertThat(use.unwritten()).extracting(Known::since).containsExactly(NOW);
    }

    @Test
    void takesAnotherValueForANewOneThatWasNeverUsed() {
        use.seen("shop", List.of(bytes("a")), NOW);
        use.used("shop", 0, NOW);
        use.seen("shop", List.of(bytes("b")), NOW.plusSeconds(9));

        Known known = use.unwritten().getFirst();
        assertThat(known.since()).isEqualTo(NOW.plusSeconds(9));
        assertThat(known.lastUsedAt()).isNull();
    }

    @Test
    void saysWhatIsNewOnce() {
        use.seen("shop", List.of(bytes("a")), NOW);
        List<Known> first = use.unwritten();
        assertThat(use.unwritten()).isEmpty();

        use.used("shop", 0, NOW.plusSeconds(1));
        assertThat(use.unwritten()).extracting(Known::lastUsedAt).containsExactly(millis(NOW.plusSeconds(1)));

        use.notWritten(first);
        assertThat(use.unwritten()).hasSize(1);
    }

    @Test
    void knowsTheLatestUseWhateverComesLater() {
        use.seen("shop", List.of(bytes("a")), NOW);
        use.used("shop", 0, NOW.plusSeconds(5));
        use.used("shop", 0, NOW.plusSeconds(1));

        assertThat(use.unwritten()).extracting(Known::lastUsedAt).containsExactly(millis(NOW.plusSeconds(5)));
    }

    @Test
    void putsTogetherWhatAllKnow() {
        Generation generation = new Generation("shop", 0);
        use.seen("shop", List.of(bytes("a")), NOW);
        Known here = use.unwritten().getFirst();
        Known all = new Known(generation, here.check(), NOW.minusSeconds(60), NOW.plusSeconds(60));

        assertThat(use.newest(generation, Optional.of(all))).contains(all);
        assertThat(use.newest(generation, Optional.empty())).contains(here);
        Known older = new Known(generation, null, NOW.minusSeconds(60), NOW.minusSeconds(50));
        assertThat(use.newest(generation, Optional.of(older))).contains(here);
    }

    @Test
    void forgetsEndpointsThatAreGone() {
        use.seen("shop", List.of(bytes("a")), NOW);
        use.keepOnly(Set.of("other"));

        assertThat(use.unwritten()).isEmpty();
    }

    @Test
    void tellsOnly16BitsOfAValue() {
        Integer check = SecretUse.check("shop", bytes("a"));

        assertThat(check).isBetween(0, 0xffff).isNotEqualTo(SecretUse.check("shop", bytes("b")));
        assertThat(SecretUse.check("other", bytes("a"))).isNotEqualTo(check);
    }

    private static Instant millis(Instant moment) {
        return Instant.ofEpochMilli(moment.toEpochMilli());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
