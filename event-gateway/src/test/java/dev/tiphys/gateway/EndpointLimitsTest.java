package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.KIB;
import static dev.tiphys.gateway.HostileSenders.authorised;
import static dev.tiphys.gateway.HostileSenders.authorisedSender;
import static dev.tiphys.gateway.HostileSenders.deliver;
import static dev.tiphys.gateway.HostileSenders.id;
import static dev.tiphys.gateway.HostileSenders.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an endpoint limits itself holds for it alone. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class EndpointLimitsTest {
    @BeforeEach
    void endpoints() {
        HostileSenders.endpoints();
    }

    @AfterEach
    void everythingIsLetGo() {
        HostileSenders.everythingIsLetGo();
    }

    @Test
    void ofItsBodyHolds() {
        deliver("narrow", new String(json(2 * KIB + 1), UTF_8), id()).statusCode(413);
        deliver("hostile", new String(json(2 * KIB + 1), UTF_8), id()).statusCode(202);
    }

    @Test
    void ofItsHeadersHoldsSaysWhatToDoAndIsRemembered() {
        String answer = withHeaderOf("terse", 2 * KIB)
                .statusCode(431)
                .contentType("application/problem+json")
                .extract()
                .path("detail");
        assertThat(answer)
                .matches("the names and values of the headers have 2[0-9]{3} bytes, and this endpoint takes 2048: .*"
                        + "have limits.headers of its definition raised");
        await().untilAsserted(() -> authorised()
                .get("/api/deliveries?endpoint=terse&verdict=headers-too-large")
                .then()
                .statusCode(200)
                .body("items.reason", hasItem(answer)));

        withHeaderOf("terse", KIB).statusCode(202);
        withHeaderOf("hostile", 2 * KIB).statusCode(202);
    }

    private ValidatableResponse withHeaderOf(String name, int size) {
        return authorisedSender()
                .header("X-Long", "x".repeat(size))
                .body("{}")
                .post("/hooks/" + name)
                .then();
    }

    @Test
    void ofItsRateHoldsAndSaysWhenToComeAgain() {
        ValidatableResponse answer = deliver("seldom", "{}", id()).statusCode(202);
        for (int i = 0; i < 50 && answer.extract().statusCode() == 202; i++) {
            answer = deliver("seldom", "{}", id());
        }
        answer.statusCode(429).body("detail", equalTo("the endpoint's rate is used up"));
        assertThat(Integer.parseInt(answer.extract().header("Retry-After"))).isPositive();
        deliver("hostile", "{}", id()).statusCode(202);
    }
}
