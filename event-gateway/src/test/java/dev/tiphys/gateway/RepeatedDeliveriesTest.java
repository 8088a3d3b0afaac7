package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.deliver;
import static dev.tiphys.gateway.HostileSenders.event;
import static dev.tiphys.gateway.HostileSenders.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.event.ExternalEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A delivery that comes again is the event that it was. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class RepeatedDeliveriesTest {
    @BeforeEach
    void endpoints() {
        HostileSenders.endpoints();
    }

    @AfterEach
    void everythingIsLetGo() {
        HostileSenders.everythingIsLetGo();
    }

    @Test
    void isTheSameEventByItsIdWhateverItsBody() {
        String id = id();
        String first = event(deliver("hostile", "{\"n\": 1}", id));
        assertThat(event(deliver("hostile", "{\"n\": 1}", id))).isEqualTo(first);
        assertThat(event(deliver("hostile", "{\"n\": 2}", id))).isEqualTo(first);
        assertThat(Log.events(first))
                .singleElement()
                .satisfies(event -> assertThat(
                                ((ExternalEvent) event.data()).body().path("n").asInt())
                        .isEqualTo(1));
    }

    /** The id is the sender's word, and a plain token signs nothing. */
    @Test
    void isAnotherEventUnderAnotherId() {
        String first = event(deliver("hostile", "{}", id()));
        String second = event(deliver("hostile", "{}", id()));
        assertThat(second).isNotEqualTo(first);
        assertThat(Log.events(second)).hasSize(1);
    }

    @Test
    void isEachEndpointsOwnWhereTwoShareASecret() {
        String id = id();
        String one = event(deliver("hostile", "{}", id));
        String other = event(deliver("bystander", "{}", id));
        assertThat(other).isNotEqualTo(one);
        assertThat(endpointOf(one)).isEqualTo("hostile");
        assertThat(endpointOf(other)).isEqualTo("bystander");
    }

    private String endpointOf(String event) {
        return ((ExternalEvent) Log.events(event).getFirst().data()).endpoint();
    }
}
