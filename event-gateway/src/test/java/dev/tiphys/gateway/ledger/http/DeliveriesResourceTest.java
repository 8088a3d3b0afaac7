package dev.tiphys.gateway.ledger.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.ledger.Deliveries.Known;
import dev.tiphys.gateway.ledger.Entries;
import dev.tiphys.platform.http.ProblemException;
import dev.tiphys.platform.log.LogUnavailable;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DeliveriesResourceTest {
    @Test
    void aReplayThatTheBrokerWillNeverTakeIsTooLargeAndNoFaultOfOurs() {
        UUID id = UUID.fromString("01990000-0000-7000-8000-000000000001");
        Known large = new Known(id, Entries.accepted("shop", "d-1", Entries.NOW), false, null);

        RuntimeException refused =
                DeliveriesResource.failed(large, new Intake.TooLarge(new IllegalStateException("1048577 bytes")));

        assertThat(refused)
                .hasMessage("delivery " + id + ", of " + large.entry().bytes() + " bytes, was not replayed: an event"
                        + " that it makes now is larger than the 33554432 bytes that the log takes, or than"
                        + " max.message.bytes of the topic tiphys.events; raise that, or have the sender deliver less at"
                        + " once");
        assertThat(refused)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.status()).isEqualTo(413));
        assertThat(DeliveriesResource.failed(large, new LogUnavailable("away", new IllegalStateException())))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("try again");
    }
}
