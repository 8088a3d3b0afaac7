package dev.tiphys.gateway.proof.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnsConfirmationsTest {
    private static final URI ADDRESS =
            URI.create("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t");

    private final List<URI> asked = new ArrayList<>();
    private boolean away;
    private final SnsConfirmations confirmations = new SnsConfirmations(address -> {
        asked.add(address);
        if (away) {
            throw new IOException("it is away");
        }
        return new byte[0];
    });

    @Test
    void aSubscriptionIsConfirmedOnce() {
        assertThat(confirmations.accept("shop", ADDRESS)).isTrue();
        assertThat(confirmations.accept("shop", ADDRESS)).isTrue();
        assertThat(asked).containsExactly(ADDRESS);
    }

    @Test
    void aSubscriptionThatCouldNotBeConfirmedIsTriedAgain() {
        away = true;
        assertThat(confirmations.accept("shop", ADDRESS)).isFalse();
        away = false;
        assertThat(confirmations.accept("shop", ADDRESS)).isTrue();
        assertThat(asked).hasSize(2);
    }
}
