package dev.tiphys.gateway.ledger.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.platform.http.ProblemException;
import dev.tiphys.platform.log.LogUnavailable;
import jakarta.ws.rs.WebApplicationException;
import org.junit.jupiter.api.Test;

class DeliveriesResourceTest {
    @Test
    void aReplayThatTheBrokerWillNeverTakeIsTooLargeAndNoFaultOfOurs() {
        assertThat(DeliveriesResource.failed(new Intake.TooLarge(new IllegalStateException("1048577 bytes"))))
                .isInstanceOfSatisfying(
                        WebApplicationException.class,
                        refused -> assertThat(refused.getResponse().getStatus()).isEqualTo(413))
                .hasMessageContaining("nothing was replayed");
        assertThat(DeliveriesResource.failed(new LogUnavailable("away", new IllegalStateException())))
                .isInstanceOf(ProblemException.class);
    }
}
