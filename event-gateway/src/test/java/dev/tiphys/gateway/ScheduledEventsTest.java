package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.cloudevent.Decoded;
import dev.tiphys.contracts.event.ExternalEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A schedule in the service as it is deployed; it waits for a real minute to pass. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class ScheduledEventsTest {

    @Test
    void aScheduleIsShownAndFiresOnTheMinute() {
        given().header("Authorization", "Bearer let-me-in")
                .contentType("text/yaml")
                .body("""
                        apiVersion: tiphys.dev/v1
                        kind: Pipeline
                        metadata: {name: minutely}
                        spec:
                          on: [{schedule: {cron: "* * * * *", timeZone: Europe/Vienna}}]
                          steps: [{name: a, wait: {duration: 1s}}]
                        """)
                .put("/api/definitions")
                .then()
                .statusCode(200);

        Awaitility.await()
                .untilAsserted(() -> given().header("Authorization", "Bearer let-me-in")
                        .get("/api/schedules")
                        .then()
                        .statusCode(200)
                        .body("items[0].owner", equalTo("minutely"))
                        .body("items[0].missed", equalTo("latest"))
                        .body("items[0].nextTick", notNullValue()));
        Awaitility.await().atMost(Duration.ofSeconds(75)).until(() -> !ticks().isEmpty());

        assertThat(ticks()).allSatisfy(tick -> assertThat(tick.endpoint()).isEqualTo("minutely"));
        given().header("Authorization", "Bearer let-me-in")
                .get("/api/schedules")
                .then()
                .body("items[0].lastTick", notNullValue());
    }

    private static List<ExternalEvent> ticks() {
        return Log.records(Topic.EVENTS).stream()
                .map(record -> ((Decoded.Known) CloudEventCodec.read(record.headers(), record.value()))
                        .event()
                        .data())
                .filter(ExternalEvent.class::isInstance)
                .map(ExternalEvent.class::cast)
                .filter(event -> event.type().equals(ExternalEvent.TICK))
                .toList();
    }
}
