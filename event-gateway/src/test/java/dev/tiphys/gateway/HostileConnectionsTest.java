package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.head;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections are bounded in number. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class HostileConnectionsTest {
    @TestHTTPResource("/")
    URI address;

    @BeforeEach
    void endpoints() {
        HostileSenders.endpoints();
    }

    @AfterEach
    void everythingIsLetGo() {
        HostileSenders.everythingIsLetGo();
    }

    /** The configuration of the test allows 400. */
    @Test
    void moreConnectionsThanAreAllowedAreClosedAndTheOthersServed() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            String request = head("bystander") + "Content-Length: 2\r\n\r\n{}";
            int status = 202;
            while (status == 202 && wires.size() < 450) {
                Wire wire = Wire.to(address);
                wires.add(wire);
                wire.sendUntilCutOff(request.getBytes(UTF_8), 1);
                status = wire.status();
            }
            assertThat(status).as("of the one too many").isZero();
            assertThat(wires).hasSizeBetween(300, 401);
            wires.getFirst().send(request.replace("Content-Length", "Connection: close\r\nContent-Length"));
            assertThat(wires.getFirst().rest()).contains("HTTP/1.1 202 Accepted\r\n");
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }
}
