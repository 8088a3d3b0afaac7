package dev.tiphys.gateway;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.Topic;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.zip.InflaterInputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A secret that every sender shares with the gateway is sent in every way, right and wrong, and is afterwards nowhere. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@Tag("real")
class CanaryTest {
    private static final String CANARY = "C4naryBirdThatMustNeverSing";
    private static final String KEY = "whsec_" + Base64.getEncoder().encodeToString(CANARY.getBytes(UTF_8));
    private static final String BODY = "{\"type\": \"x\", \"Type\": \"x\"}";
    private static final Said SAID = new Said();

    /** How each sender proves itself, with the right secret or with one that is almost right. */
    private enum Scheme {
        BEARER("verify: {bearer: {%s}}", CANARY),
        TOKEN("verify: {token: {header: X-Key, %s}}", CANARY),
        BASIC("verify: {basic: {%s}}", "user:" + CANARY),
        HMAC("verify: {hmac: {header: X-Sign, %s}}", CANARY),
        ADDRESS("verify: {address: {%s}}", CANARY),
        SLACK("sender: slack, secret: {%s}", CANARY),
        STRIPE("sender: stripe, secret: {%s}", CANARY),
        STANDARD("verify: {standardWebhooks: {%s}}", KEY),
        HARBOR("sender: harbor, secret: {%s}", CANARY);

        private final String spec;
        private final String secret;

        Scheme(String spec, String secret) {
            this.spec = spec;
            this.secret = secret;
        }

        String endpoint() {
            return "canary-" + name().toLowerCase(Locale.ROOT);
        }

        String definition() {
            return "{apiVersion: tiphys.dev/v1, kind: Source, metadata: {name: %s}, spec: {%s, limits: {body: 4Ki}}}"
                    .formatted(endpoint(), spec.formatted("secretRef: {name: " + endpoint() + ", key: s}"));
        }

        Response send(RequestSpecification request, String id, String body, String flaw) {
            String moment = Long.toString(Instant.now().getEpochSecond());
            String path = "/hooks/" + endpoint();
            request.header("X-Delivery-Id", id).header("webhook-id", id);
            switch (this) {
                case BEARER -> request.header("Authorization", "Bearer " + secret + flaw);
                case HARBOR -> request.header("Authorization", secret + flaw);
                case TOKEN -> request.header("X-Key", secret + flaw);
                case BASIC ->
                    request.header(
                            "Authorization",
                            "Basic " + Base64.getEncoder().encodeToString((secret + flaw).getBytes(UTF_8)));
                case HMAC -> request.header("X-Sign", hex(body, flaw));
                case ADDRESS -> path += "/" + secret + flaw;
                case SLACK ->
                    request.header("X-Slack-Request-Timestamp", moment)
                            .header("X-Slack-Signature", "v0=" + hex("v0:" + moment + ":" + body, flaw));
                case STRIPE ->
                    request.header("Stripe-Signature", "t=" + moment + ",v1=" + hex(moment + "." + body, flaw));
                case STANDARD ->
                    request.header("webhook-timestamp", moment)
                            .header(
                                    "webhook-signature",
                                    "v1,"
                                            + Base64.getEncoder()
                                                    .encodeToString(mac(id + "." + moment + "." + body, flaw)));
            }
            return request.body(body.getBytes(UTF_8)).post(path);
        }

        private static String hex(String text, String flaw) {
            return HexFormat.of().formatHex(mac(text, flaw));
        }

        private static byte[] mac(String text, String flaw) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec((CANARY + flaw).getBytes(UTF_8), "HmacSHA256"));
                return mac.doFinal(text.getBytes(UTF_8));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Everything that is logged, with its causes. */
    private static final class Said extends Handler {
        private final Formatter form = new PatternFormatter("%c %s%e");
        private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord line) {
            lines.add(form.format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeAll
    static void listen() {
        Logger.getLogger("").addHandler(SAID);
    }

    @AfterAll
    static void listenNoMore() {
        Logger.getLogger("").removeHandler(SAID);
    }

    @Test
    void isNowhere() throws Exception {
        List<String> seen = new ArrayList<>();
        for (Scheme scheme : Scheme.values()) {
            BrokerResource.secret(scheme.endpoint(), "s", scheme.secret);
            BrokerResource.secret(scheme.endpoint(), "s-previous", scheme.secret + "-of-old");
            seen.add(authorised()
                    .contentType("text/yaml")
                    .body(scheme.definition())
                    .put("/api/definitions")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString());
        }
        for (Scheme scheme : Scheme.values()) {
            String id = UUID.randomUUID().toString();
            seen.add(answer(scheme.send(json(), id, BODY, ""), 202));
            seen.add(answer(scheme.send(json(), id, BODY, ""), 202));
            seen.add(answer(scheme.send(json(), id + "-2", BODY, "-almost"), 401));
            seen.add(answer(scheme.send(json(), id + "-3", "{", ""), 400));
            seen.add(answer(scheme.send(json(), id + "-4", " ".repeat(5000), ""), 413));
            seen.add(answer(scheme.send(given().contentType("image/png"), id + "-5", BODY, ""), 415));
            seen.add(answer(scheme.send(json().header("Content-Encoding", "gzip"), id + "-6", BODY, ""), 415));
            seen.add(answer(json().body(BODY).post("/hooks/" + scheme.endpoint() + "?token=" + CANARY), 401));
            seen.add(answer(given().get("/hooks/" + scheme.endpoint() + "?token=" + CANARY), 405));
            seen.add(json().body(BODY).post("/hooks/nowhere/" + CANARY).asString());
            seen.add(json().get("/hooks/" + scheme.endpoint() + "/" + CANARY).asString());
        }
        BrokerResource.stopBroker();
        try {
            for (Scheme scheme : Scheme.values()) {
                // Another body: for some it is what tells one delivery from another.
                String other = BODY.replace("x", "while the broker was away");
                seen.add(answer(scheme.send(json(), UUID.randomUUID().toString(), other, ""), 503));
            }
        } finally {
            BrokerResource.startBroker();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Scheme.BEARER
                                .send(json(), UUID.randomUUID().toString(), BODY, "")
                                .statusCode()
                        == 202);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> count("select count(distinct endpoint) from gateway.delivery"
                                + " where endpoint like 'canary-%' and verdict = 'unavailable'")
                        == Scheme.values().length);

        for (String path : List.of(
                "/q/metrics",
                "/api/endpoints",
                "/api/definitions",
                "/api/deliveries?limit=200",
                "/api/queues",
                "/api/recoveries",
                "/api/definitions/problems")) {
            seen.add(answer(authorised().get(path), 200));
        }
        List<String> ids = authorised()
                .get("/api/deliveries?limit=200")
                .path("items.findAll { it.endpoint.startsWith('canary-') }.id");
        assertThat(ids).hasSizeGreaterThan(50);
        for (String id : ids) {
            seen.add(authorised().get("/api/deliveries/" + id).asString());
        }
        seen.addAll(SAID.lines);
        seen.addAll(topics());
        seen.addAll(tables());

        assertThat(seen).anyMatch(text -> text.contains("canary-bearer")).hasSizeGreaterThan(200);
        for (String needle : needles()) {
            assertThat(seen.stream().filter(text -> text.contains(needle)).map(text -> around(text, needle)))
                    .as("a secret as " + needle)
                    .isEmpty();
        }
    }

    private static String around(String text, String needle) {
        int at = text.indexOf(needle);
        return text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 100));
    }

    /** The canary as it is, in hex, and in Base64 wherever it begins within a group of three. */
    private static List<String> needles() {
        byte[] bytes = CANARY.getBytes(UTF_8);
        List<String> needles = new ArrayList<>(List.of(
                CANARY,
                HexFormat.of().formatHex(bytes),
                HexFormat.of().withUpperCase().formatHex(bytes)));
        for (int shift = 0; shift < 3; shift++) {
            String encoded = Base64.getEncoder().encodeToString(("x".repeat(shift) + CANARY + "xxx").getBytes(UTF_8));
            needles.add(encoded.substring(4, 32));
        }
        return needles;
    }

    private static List<String> topics() {
        List<String> texts = new ArrayList<>();
        for (Topic topic : List.of(Topic.EVENTS, Topic.DEFINITIONS, Topic.AUDIT, Topic.DEAD_LETTERS)) {
            Log.records(topic).forEach(one -> {
                texts.add(one.key() + " " + (one.value() == null ? "" : new String(one.value(), UTF_8)));
                one.headers().forEach(header -> texts.add(header.key() + " " + new String(header.value(), UTF_8)));
            });
        }
        return texts;
    }

    private static List<String> tables() throws SQLException, IOException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = BrokerResource.connection();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery("select table_schema || '.' || table_name from information_schema.tables"
                            + " where table_schema not in ('pg_catalog', 'information_schema')")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            assertThat(tables).contains("gateway.delivery", "gateway.delivery_payload", "gateway.secret_use");
            for (String table : tables) {
                try (ResultSet rows = statement.executeQuery("select t::text from " + table + " t")) {
                    while (rows.next()) {
                        texts.add(rows.getString(1));
                    }
                }
            }
            try (ResultSet rows = statement.executeQuery("select content from gateway.delivery_payload")) {
                while (rows.next()) {
                    texts.add(new String(
                            new InflaterInputStream(new ByteArrayInputStream(rows.getBytes(1))).readAllBytes(),
                            ISO_8859_1));
                }
            }
        }
        return texts;
    }

    private static long count(String query) throws SQLException {
        try (Connection connection = BrokerResource.connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static String answer(Response response, int status) {
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(status);
        return response.headers() + "\n" + response.asString();
    }

    private static RequestSpecification json() {
        return given().contentType("application/json");
    }

    private static RequestSpecification authorised() {
        return given().header("Authorization", "Bearer let-me-in");
    }
}
