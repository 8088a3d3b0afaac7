package dev.tiphys.gateway.queue.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.gateway.queue.QueueMessage;
import dev.tiphys.gateway.queue.World;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HeldTest {
    private static final Duration WANTED = Duration.ofSeconds(30);

    private final QueueMessage message = World.message("m-1", "{}");
    private final Held held = new Held(message, "receipt");

    @Test
    void staysForAsLongAsIsWantedWhileThereIsTime() {
        assertThat(after(Duration.ZERO)).isEqualTo(WANTED);
        assertThat(after(Duration.ofHours(11))).isEqualTo(WANTED);
        assertThat(after(SqsPolicy.LONGEST_HOLD.minus(WANTED))).isEqualTo(WANTED);
    }

    @Test
    void isNeverAskedForBeyondTwelveHoursFromItsReceipt() {
        assertThat(SqsPolicy.LONGEST_HOLD).isLessThan(Duration.ofHours(12));
        assertThat(after(SqsPolicy.LONGEST_HOLD.minusSeconds(10))).isEqualTo(Duration.ofSeconds(10));
        assertThat(after(SqsPolicy.LONGEST_HOLD)).isZero();
        assertThat(after(Duration.ofHours(13))).isZero();
    }

    @Test
    void isNotGivenToOthersByAskingForLessThanASecond() {
        assertThat(after(SqsPolicy.LONGEST_HOLD.minusMillis(1_900))).isEqualTo(Duration.ofSeconds(1));
        assertThat(after(SqsPolicy.LONGEST_HOLD.minusMillis(400))).isZero();
    }

    private Duration after(Duration passed) {
        Instant now = message.receivedAt().plus(passed);
        return held.extension(WANTED, now);
    }
}
