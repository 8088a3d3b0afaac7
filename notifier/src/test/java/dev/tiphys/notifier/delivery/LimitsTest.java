package dev.tiphys.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.notifier.delivery.Limits.Method;
import dev.tiphys.notifier.delivery.Limits.Rate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
    private static final Lane DEPLOYS = new Lane("default", "#deploys");
    private static final Lane OTHER = new Lane("default", "#other");
    private static final Workspace WORKSPACE = new Workspace("default", Workspace.Means.TOKEN, "print");

    private final Limits limits =
            new Limits(new Rate(Duration.ofSeconds(1), 3), new Rate(Duration.ofMillis(1200), 2), Duration.ofMinutes(5));

    @Test
    void aBurstIsFollowedByOneASecond() {
        assertThat(take(Method.POST, DEPLOYS, NOW)).isEqualTo(NOW);
        assertThat(take(Method.POST, DEPLOYS, NOW)).isEqualTo(NOW);
        assertThat(take(Method.POST, DEPLOYS, NOW)).isEqualTo(NOW);
        assertThat(take(Method.POST, DEPLOYS, NOW)).isEqualTo(NOW.plusSeconds(1));
        assertThat(take(Method.POST, DEPLOYS, NOW.plusSeconds(1))).isEqualTo(NOW.plusSeconds(1));
        assertThat(take(Method.POST, DEPLOYS, NOW.plusSeconds(1))).isEqualTo(NOW.plusSeconds(2));
    }

    @Test
    void postsAreCountedByChannelAndEditsByWorkspace() {
        for (int i = 0; i < 3; i++) {
            take(Method.POST, DEPLOYS, NOW);
        }
        take(Method.EDIT, DEPLOYS, NOW);
        take(Method.EDIT, DEPLOYS, NOW);

        assertThat(take(Method.POST, OTHER, NOW)).isEqualTo(NOW);
        assertThat(take(Method.EDIT, OTHER, NOW)).isEqualTo(NOW.plusMillis(1200));
    }

    @Test
    void aPauseHoldsUpOneChannelOnly() {
        limits.pause(Method.POST, DEPLOYS, NOW.plusSeconds(30));

        assertThat(take(Method.POST, DEPLOYS, NOW)).isEqualTo(NOW.plusSeconds(30));
        assertThat(take(Method.EDIT, DEPLOYS, NOW)).isEqualTo(NOW);
        assertThat(take(Method.POST, OTHER, NOW)).isEqualTo(NOW);
        assertThat(take(Method.POST, DEPLOYS, NOW.plusSeconds(30))).isEqualTo(NOW.plusSeconds(30));
    }

    @Test
    void pausesAfterFaultsGrowUntilAMessageGetsThrough() {
        assertThat(limits.stumble(DEPLOYS, NOW)).isEqualTo(NOW.plusSeconds(1));
        assertThat(limits.stumble(DEPLOYS, NOW)).isEqualTo(NOW.plusSeconds(2));
        assertThat(limits.stumble(DEPLOYS, NOW)).isEqualTo(NOW.plusSeconds(4));
        assertThat(take(Method.POST, OTHER, NOW)).isEqualTo(NOW.plusSeconds(4));

        limits.well(DEPLOYS);

        assertThat(take(Method.POST, DEPLOYS, NOW)).isEqualTo(NOW);
        assertThat(limits.stumble(DEPLOYS, NOW)).isEqualTo(NOW.plusSeconds(1));
    }

    @Test
    void aBarredWorkspaceIsTriedWhenItsSecretChangesOrLater() {
        limits.bar(WORKSPACE, NOW);

        assertThat(limits.barred()).isOne();
        assertThat(take(Method.POST, DEPLOYS, NOW)).isEqualTo(NOW.plusSeconds(2));
        assertThat(limits.take(Method.POST, DEPLOYS, new Workspace("default", Workspace.Means.TOKEN, "other"), NOW))
                .isEmpty();
        assertThat(take(Method.POST, DEPLOYS, NOW.plus(Duration.ofMinutes(5))))
                .isEqualTo(NOW.plus(Duration.ofMinutes(5)));
    }

    /** {@return now if there was a token; else when there will be one} */
    private Instant take(Method method, Lane lane, Instant now) {
        return limits.take(method, lane, WORKSPACE, now).orElse(now);
    }
}
