package dev.tiphys.gateway.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.proof.Proof;
import dev.tiphys.gateway.sender.Senders;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** GitHub's own examples, and what signs them. */
final class Examples {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    static final byte[] SECRET = "It's a Secret to Everybody".getBytes(UTF_8);
    static final Repository HELLO = new Repository(
            new DefinitionKey("Repository", "default", "hello"),
            "https://github.com/codertocat/hello-world.git",
            "github",
            null,
            new SecretRef("hello-webhook", "secret"));
    static final Senders.Terms TERMS = new Senders.Terms(Proof.Openness.PROOF_DEMANDED, new CelExpressions());
    static final Endpoint ENDPOINT = Senders.table(List.of(HELLO), TERMS).get("hello");

    private Examples() {}

    static List<ObjectNode> of(String event) {
        try (InputStream in = Examples.class.getResourceAsStream("/github/examples.json")) {
            List<ObjectNode> examples = new ArrayList<>();
            JSON.readTree(in).path(event).forEach(example -> examples.add((ObjectNode) example));
            return examples;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An update of a branch, made of the example that creates one. */
    static ObjectNode update() {
        ObjectNode push = of("push").stream()
                .filter(example -> example.path("ref").asText().equals("refs/heads/master"))
                .findFirst()
                .orElseThrow()
                .deepCopy();
        return push.put("before", "6113728f27ae82c7b1a177c8d03f9e96e0adf246").put("created", false);
    }

    static Delivery delivery(String event, JsonNode body) {
        return delivery(event, body.toString().getBytes(UTF_8));
    }

    static Delivery delivery(String event, byte[] body) {
        return delivery(Map.of("x-github-event", event, "x-github-delivery", "d-1"), body);
    }

    static Delivery delivery(Map<String, String> headers, byte[] body) {
        Map<String, String> all = new HashMap<>(Map.of("x-hub-signature-256", "sha256=" + hmac(SECRET, body)));
        all.putAll(headers);
        return new Delivery("hello", all, body, NOW);
    }

    static String hmac(byte[] secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
