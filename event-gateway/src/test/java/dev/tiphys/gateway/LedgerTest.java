package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.tiphys.contracts.Topic;
import dev.tiphys.gateway.intake.KnownArrivals;
import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.ledger.Entries;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerEntry.Place;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ledger as people and programs see it, in the service as it is deployed. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class LedgerTest {
    private static final String DEFINITIONS = """
            {apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: ledger-billing}, spec: {verify: {bearer: {secretRef: {name: ledger-billing}}}}}
            """;

    @Inject
    DeliveryLedger ledger;

    @Inject
    KnownArrivals known;

    private final String delivery = UUID.randomUUID().toString();

    @BeforeEach
    void definitions() {
        BrokerResource.secret("ledger-billing", "token", "billing token");
        authorised()
                .contentType("text/yaml")
                .body(DEFINITIONS)
                .put("/api/definitions")
                .then()
                .statusCode(200);
    }

    @Nested
    class TheList {
        @Test
        void showsWhatArrivedAndWhatBecameOfIt() {
            ledger.record(Entries.accepted("ledger-billing", delivery, Instant.now()));

            String id = awaitId(delivery);
            authorised()
                    .get("/api/deliveries/" + id)
                    .then()
                    .statusCode(200)
                    .body("endpoint", equalTo("ledger-billing"))
                    .body("verdict", equalTo("accepted"))
                    .body("secret", equalTo("present"))
                    .body("way", equalTo("hook"))
                    .body("position.offset", equalTo(42))
                    .body("took.publishing", equalTo("PT0.003S"))
                    .body("recovered", equalTo(false));
        }

        @Test
        void isToldInPages() {
            ledger.record(Entries.accepted("ledger-billing", delivery, Instant.now()));
            ledger.record(Entries.accepted("ledger-billing", delivery + "-2", Instant.now()));
            awaitId(delivery + "-2");

            String next = authorised()
                    .get("/api/deliveries?endpoint=ledger-billing&verdict=accepted&limit=1")
                    .then()
                    .statusCode(200)
                    .body("items", hasSize(1))
                    .body("next", notNullValue())
                    .extract()
                    .path("next");
            authorised()
                    .get("/api/deliveries?endpoint=ledger-billing&after=" + next)
                    .then()
                    .statusCode(200)
                    .body("items.delivery", hasItem(delivery));
        }

        @Test
        void refusesWhatItDoesNotKnow() {
            refused("verdict=good", "accepted, duplicate");
            refused("endpoint=nowhere", "ledger-billing");
            refused("from=yesterday", "2026-03-01T10:00:00Z");
            refused("after=1", "what next gave");
            refused("limit=0", "1 to 200");
            authorised().get("/api/deliveries/17").then().statusCode(404);
            authorised().get("/api/deliveries/" + UUID.randomUUID()).then().statusCode(404);
        }

        private void refused(String query, String words) {
            authorised().get("/api/deliveries?" + query).then().statusCode(400).body("detail", containsString(words));
        }
    }

    @Test
    void whatWasPublishedIsKnown() throws Exception {
        LedgerEntry entry = Entries.accepted("ledger-billing", delivery, Instant.now());
        ledger.record(entry);
        awaitId(delivery);

        assertThat(known.contains(entry.events().getFirst())
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS))
                .isTrue();
    }

    @Nested
    class ThePayload {
        @Test
        void isReadBackFromTheLog() {
            String id = accepted("{\"type\": \"invoice.paid\", \"amount\": 1.10}");

            authorised()
                    .get("/api/deliveries/" + id + "/payload")
                    .then()
                    .statusCode(200)
                    .body("whole", equalTo(true))
                    .body("body.type", equalTo("invoice.paid"))
                    .body("headers.content-type", containsString("application/json"));
        }

        @Test
        void isKeptBesideTheLedgerIfItBecameNoEvent() {
            ledger.record(
                    Entries.irrelevant("ledger-billing", delivery, Instant.now(), "{\"zen\": 1}".getBytes(UTF_8)));

            authorised()
                    .get("/api/deliveries/" + awaitId(delivery) + "/payload")
                    .then()
                    .statusCode(200)
                    .body("body.zen", equalTo(1));
        }

        @Test
        void isGoneWithTheReason() {
            ledger.record(Entries.accepted("ledger-billing", delivery, Instant.now()));

            authorised()
                    .get("/api/deliveries/" + awaitId(delivery) + "/payload")
                    .then()
                    .statusCode(410)
                    .body("detail", containsString("not on the log any more"));
        }
    }

    @Nested
    class AReplay {
        @Test
        void publishesAnewAndIsAudited() {
            String id = accepted("{\"type\": \"invoice.paid\"}");

            var replayed = replay(id, "{\"dryRun\": false}")
                    .statusCode(200)
                    .body("verdict", equalTo("accepted"))
                    .body("replayOf", equalTo(id))
                    .extract();

            String event = replayed.path("events[0].id");
            assertThat(Log.events(event))
                    .singleElement()
                    .satisfies(
                            made -> assertThat(made.causality().causationId()).isNotNull());
            Awaitility.await()
                    .untilAsserted(() -> authorised()
                            .get("/api/deliveries/" + replayed.path("delivery"))
                            .then()
                            .statusCode(200)
                            .body("way", equalTo("replay"))
                            .body("replayOf", equalTo(id))
                            .body("events", contains(event)));
            assertThat(Log.records(Topic.AUDIT).stream().map(ConsumerRecord::key))
                    .contains("grace");
        }

        @Test
        void thatIsDryOnlyTells() {
            String id = accepted("{\"type\": \"invoice.paid\"}");

            String event = replay(id, "{\"dryRun\": true}")
                    .statusCode(200)
                    .body("delivery", nullValue())
                    .body("events[0].data.type", equalTo("invoice.paid"))
                    .body("events[0].type", equalTo("dev.tiphys.event.accepted.v1"))
                    .extract()
                    .path("events[0].id");
            assertThat(Log.events(event)).isEmpty();
        }

        @Test
        void thatIsDryMayGoByOtherDefinitions() {
            String id = accepted("{}");

            replay(id, Map.of("dryRun", true, "definitions", DEFINITIONS)).statusCode(200);
            replay(id, Map.of("dryRun", true, "definitions", "kind: Nothing"))
                    .statusCode(422)
                    .body("findings", notNullValue());
            replay(id, Map.of("dryRun", false, "definitions", DEFINITIONS)).statusCode(400);
        }

        @Test
        void ofAStrangerIsRefused() {
            ledger.record(Entries.stranger("ledger-billing", Instant.now()));
            String id = Awaitility.await()
                    .until(
                            () -> authorised()
                                    .get("/api/deliveries?endpoint=ledger-billing&verdict=unverified")
                                    .path("items[0].id"),
                            found -> found != null);

            replay(id, "{}").statusCode(409).body("detail", containsString("nothing proved"));
        }

        private ValidatableResponse replay(String id, Object wanted) {
            return authorised()
                    .header("Tiphys-Actor", "grace")
                    .contentType("application/json")
                    .body(wanted)
                    .post("/api/deliveries/" + id + "/replay")
                    .then();
        }
    }

    @Nested
    class AnEndpoint {
        @Test
        void showsHowItStandsWithItsSecretsAndNeverAValue() {
            String text = authorised()
                    .get("/api/endpoints/ledger-billing")
                    .then()
                    .statusCode(200)
                    .body("address", equalTo("/hooks/ledger-billing"))
                    .body("proof", equalTo("shared secret"))
                    .body("secrets.generation", contains("present", "previous"))
                    .body("secrets.secret", contains("ledger-billing/token", "ledger-billing/token-previous"))
                    .body("secrets.there", contains(true, false))
                    .body("secrets[0].since", notNullValue())
                    .extract()
                    .asString();

            assertThat(text).doesNotContain("billing token");
            authorised().get("/api/endpoints").then().statusCode(200).body("items.name", hasItems("ledger-billing"));
            authorised().get("/api/endpoints/nowhere").then().statusCode(404);
        }
    }

    @Test
    void lostDeliveriesAreShown() {
        authorised().get("/api/recoveries").then().statusCode(200).body("items", notNullValue());
    }

    /** A delivery that really is on the log, where the ledger says. */
    private String accepted(String body) {
        String event = given().header("Authorization", "Bearer billing token")
                .header("X-Delivery-Id", delivery)
                .contentType("application/json")
                .body(body)
                .post("/hooks/ledger-billing")
                .then()
                .statusCode(202)
                .extract()
                .path("event");
        ConsumerRecord<String, byte[]> record = Log.records(Topic.EVENTS).stream()
                .filter(one -> new String(one.headers().lastHeader("ce_id").value(), UTF_8).equals(event))
                .findFirst()
                .orElseThrow();
        LedgerEntry entry = Entries.accepted("ledger-billing", delivery, Instant.now());
        ledger.record(new LedgerEntry(
                entry.at(),
                entry.endpoint(),
                entry.way(),
                entry.verdict(),
                null,
                delivery,
                entry.type(),
                List.of(event),
                new Place(record.partition(), record.offset()),
                0,
                body.length(),
                entry.took(),
                null,
                null));
        return awaitId(delivery);
    }

    private static String awaitId(String delivery) {
        return Awaitility.await()
                .until(
                        () -> authorised()
                                .get("/api/deliveries?endpoint=ledger-billing&limit=200")
                                .path("items.find { it.delivery == '" + delivery + "' }?.id"),
                        found -> found != null);
    }

    private static RequestSpecification authorised() {
        return given().header("Authorization", "Bearer let-me-in");
    }
}
