package dev.tiphys.gateway;

import static dev.tiphys.gateway.HostileSenders.TOKEN;
import static dev.tiphys.gateway.HostileSenders.apply;
import static dev.tiphys.gateway.HostileSenders.event;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.tiphys.contracts.event.ExternalEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What comes as it came to Argo Events is taken so, and answered so that its client understands. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class ArgoSendersTest {
    @BeforeEach
    void endpoints() {
        HostileSenders.endpoints();
    }

    @AfterEach
    void everythingIsLetGo() {
        HostileSenders.everythingIsLetGo();
    }

    @Test
    void anArgoWebhookByGetTakesItsQueryForABody() {
        BrokerResource.secret("hostile-argo", "token", TOKEN);
        apply("""
                {apiVersion: argoproj.io/v1alpha1, kind: EventSource, metadata: {name: hostile-argo},
                 spec: {webhook: {poll: {endpoint: /poll, method: GET, port: "12000",
                   authSecret: {name: hostile-argo, key: token}}}}}
                """).statusCode(200);
        String event = event(given().urlEncodingEnabled(false)
                .header("Authorization", "Bearer " + TOKEN)
                .get("/hooks/hostile-argo/poll?a=1&b=two%20words")
                .then());
        assertThat(((ExternalEvent) Log.events(event).getFirst().data()).body().toString())
                .contains("two words")
                .doesNotContain(TOKEN);
        given().get("/hooks/hostile-argo/poll?a=1").then().statusCode(401);
        given().header("Authorization", "Bearer " + TOKEN)
                .post("/hooks/hostile-argo/poll")
                .then()
                .statusCode(405);
    }

    /** Its client understands no other answer, and would send the same again. */
    @Test
    void storageGridIsAnsweredAsSnsAnswers() {
        BrokerResource.secret("hostile-argo", "token", TOKEN);
        apply("""
                {apiVersion: argoproj.io/v1alpha1, kind: EventSource, metadata: {name: hostile-grid},
                 spec: {storageGrid: {bucket: {filter: {prefix: in/}, webhook: {authSecret: {name: hostile-argo, key: token}}}}}}
                """).statusCode(200);

        String event = publish("in/a.csv").extract().path("PublishResponse.PublishResult.MessageId");
        assertThat(((ExternalEvent) Log.events(event).getFirst().data())
                        .body()
                        .at("/notification/Action")
                        .asText())
                .isEqualTo("Publish");
        publish("out/a.csv").body("PublishResponse.PublishResult.MessageId", equalTo("not-for-this-endpoint"));
        given().header("Content-Type", "application/x-www-form-urlencoded")
                .body("Action=Publish")
                .post("/hooks/hostile-grid/bucket")
                .then()
                .statusCode(401)
                .contentType("application/problem+json");
    }

    private static ValidatableResponse publish(String key) {
        return given().header("Authorization", "Bearer " + TOKEN)
                .formParam("Action", "Publish")
                .formParam("Message", "{\"Records\": [{\"s3\": {\"object\": {\"key\": \"" + key + "\"}}}]}")
                .post("/hooks/hostile-grid/bucket")
                .then()
                .statusCode(200)
                .contentType("text/xml");
    }
}
