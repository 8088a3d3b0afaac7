package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.apply;
import static dev.tiphys.gateway.HostileSenders.authorised;
import static dev.tiphys.gateway.HostileSenders.bystander;
import static dev.tiphys.gateway.HostileSenders.deliver;
import static dev.tiphys.gateway.HostileSenders.id;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is wrong with one definition stops that one alone. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class TroubleOfOneTest {
    @BeforeEach
    void endpoints() {
        HostileSenders.endpoints();
    }

    @AfterEach
    void everythingIsLetGo() {
        HostileSenders.everythingIsLetGo();
    }

    @Test
    @EnabledOnOs(OS.LINUX) // Even root cannot read this file of Linux'.
    void aSecretThatCannotBeReadStopsItsOwnEndpointAlone() throws IOException {
        Path secret = Files.createDirectories(BrokerResource.home().resolve("secrets/hostile-unreadable"))
                .resolve("token");
        if (!Files.isSymbolicLink(secret)) {
            Files.createSymbolicLink(secret, Path.of("/proc/self/mem"));
        }
        apply("""
                {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: unreadable}, spec: {verify: {bearer: {secretRef: {name: hostile-unreadable}}}}}
                """).statusCode(200);
        deliver("unreadable", "{}", id()).statusCode(503).body("detail", containsString("deliver it again"));
        deliver("hostile", "{}", id()).statusCode(202);
        authorised()
                .get("/api/endpoints")
                .then()
                .statusCode(200)
                .body("items.find { it.name == 'unreadable' }.trouble", containsString("cannot be read"))
                .body("items.find { it.name == 'hostile' }.trouble", nullValue());
    }

    @Test
    void aQueueThatCannotBeReadStopsItselfAlone() {
        apply("""
                {apiVersion: tiphys.dev/v1, kind: Queue, metadata: {name: hostile-queue}, spec: {
                  kafka: {servers: "127.0.0.1:1", topic: nothing}}}
                """).statusCode(200);
        try {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> authorised()
                            .get("/api/queues")
                            .then()
                            .statusCode(200)
                            .body("items.name", hasItem("hostile-queue")));
            bystander().statusCode(202);
        } finally {
            authorised().delete("/api/definitions/Queue/hostile-queue").then().statusCode(204);
        }
    }
}
