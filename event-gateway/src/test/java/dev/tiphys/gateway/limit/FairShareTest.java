package dev.tiphys.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FairShareTest {
    private final FairShare room = new FairShare(100);

    @Test
    void oneAloneMayHaveHalfOfIt() {
        assertThat(room.take("a", 50)).isTrue();
        assertThat(room.take("a", 1)).isFalse();
    }

    @Test
    void whoHoldsMuchLeavesRoomForOthers() {
        room.take("storm", 50);

        assertThat(room.take("b", 25)).isTrue();
        assertThat(room.take("c", 16)).isTrue();
        assertThat(room.take("storm", 1)).isFalse();
        assertThat(room.taken()).isEqualTo(91);
    }

    @Test
    void nobodyGetsMoreThanThereIs() {
        for (int i = 0; i < 50; i++) {
            room.take("a" + i, 10);
        }

        assertThat(room.taken()).isLessThanOrEqualTo(100);
    }

    @Test
    void whatIsGivenBackIsThereAgain() {
        room.take("a", 50);
        room.give("a", 50);

        assertThat(room.taken()).isZero();
        assertThat(room.take("b", 50)).isTrue();
    }

    @Test
    void nobodyGivesBackWhatTheyDoNotHold() {
        room.take("a", 5);

        assertThatThrownBy(() -> room.give("a", 6)).isInstanceOf(IllegalStateException.class);
    }
}
