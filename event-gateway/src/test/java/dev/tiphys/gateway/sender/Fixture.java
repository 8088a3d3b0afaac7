package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.Limits;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.definition.Verification;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.Verdict;
import dev.tiphys.gateway.proof.Proof;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A sender's documented delivery, its endpoint, and what signs for it. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Fixture(
        String sender, Map<String, String> headers, ObjectNode body, String type, Endpoint endpoint, byte[] secret) {
    static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    static final Senders.Terms TERMS = new Senders.Terms(Proof.Openness.PROOF_DEMANDED, new CelExpressions());
    static final List<String> GIT =
            List.of("github", "gitlab", "bitbucket", "bitbucket-server", "gitea", "forgejo", "azure-devops");
    static final String TOPIC = "arn:aws:sns:eu-west-1:1:shop";

    private static final SecretRef REF = new SecretRef("x", "secret");
    private static final String SECRET = "correct horse battery staple";
    private static final KeyPair SNS = pair();

    static Fixture of(String sender) {
        try (InputStream in = Fixture.class.getResourceAsStream("/senders/" + sender + ".json")) {
            if (in == null) {
                throw new IllegalStateException(
                        "there is no fixture of " + sender + ": write senders/" + sender + ".json");
            }
            JsonNode file = Json.mapper().readTree(in);
            Map<String, String> headers = new HashMap<>();
            file.path("headers")
                    .properties()
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().asText()));
            return new Fixture(
                    sender,
                    headers,
                    (ObjectNode) file.path("body"),
                    file.path("type").asText(""),
                    endpoint(sender),
                    secret(sender));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Endpoint endpoint(String sender) {
        Definition definition = GIT.contains(sender)
                ? repository(sender, url(sender))
                : new Source(key("Source"), sender, verification(sender), Limits.NONE);
        return Senders.table(List.of(definition), TERMS).get("shop");
    }

    static Repository repository(String provider, String url) {
        return new Repository(key("Repository"), url, provider, null, REF);
    }

    private static DefinitionKey key(String kind) {
        return new DefinitionKey(kind, "default", "shop");
    }

    private static String url(String sender) {
        return switch (sender) {
            case "bitbucket-server" -> "https://git.example.com/scm/acme/shop.git";
            case "azure-devops" -> "https://dev.azure.com/acme/till/_git/shop";
            default -> "https://git.example.com/acme/shop.git";
        };
    }

    private static Verification verification(String sender) {
        return switch (sender) {
            case "harbor" -> new Verification.Token(REF, "authorization");
            case "nexus" -> new Verification.Hmac(REF, "x-nexus-webhook-signature", "sha1", "", "hex");
            case "artifactory" -> new Verification.Hmac(REF, "x-jfrog-event-auth", "sha256", "", "hex");
            case "slack" -> new Verification.Slack(REF);
            case "stripe" -> new Verification.Stripe(REF);
            case "sns" -> new Verification.Sns(List.of(TOPIC));
            case "standard-webhooks" -> new Verification.StandardWebhooks(REF);
            case "generic" -> new Verification.Bearer(REF);
            default -> new Verification.InAddress(REF);
        };
    }

    private static byte[] secret(String sender) {
        return switch (sender) {
            case "gitlab", "standard-webhooks" ->
                ("whsec_" + Base64.getEncoder().encodeToString(SECRET.getBytes(UTF_8))).getBytes(UTF_8);
            case "azure-devops" -> ("ado:" + SECRET).getBytes(UTF_8);
            case "sns" -> SNS.getPublic().getEncoded();
            default -> SECRET.getBytes(UTF_8);
        };
    }

    Delivery delivery() {
        return delivery(body);
    }

    Delivery delivery(JsonNode content) {
        return delivery(headers, Json.bytes(content));
    }

    Verdict verdict(JsonNode content) {
        return judge(delivery(content));
    }

    Verdict judge(Delivery delivery) {
        return DeliveryRules.judge(endpoint, List.of(secret), 1, delivery);
    }

    /** {@return the delivery of a body, signed as the sender signs it} */
    Delivery delivery(Map<String, String> given, byte[] bytes) {
        Map<String, String> all = new HashMap<>(given);
        String moment = Long.toString(NOW.getEpochSecond());
        String rest = "";
        byte[] sent = bytes;
        switch (sender) {
            case "github" -> all.put("x-hub-signature-256", "sha256=" + hex("HmacSHA256", bytes));
            case "bitbucket", "bitbucket-server" -> all.put("x-hub-signature", "sha256=" + hex("HmacSHA256", bytes));
            case "gitea", "forgejo" -> all.put("x-" + sender + "-signature", hex("HmacSHA256", bytes));
            case "gitlab", "standard-webhooks" -> {
                all.put("webhook-id", "w-1");
                all.put("webhook-timestamp", moment);
                all.put(
                        "webhook-signature",
                        "v1,"
                                + Base64.getEncoder()
                                        .encodeToString(
                                                mac("HmacSHA256", ("w-1." + moment + ".").getBytes(UTF_8), bytes)));
            }
            case "azure-devops" ->
                all.put("authorization", "Basic " + Base64.getEncoder().encodeToString(secret));
            case "harbor" -> all.put("authorization", SECRET);
            case "nexus" -> all.put("x-nexus-webhook-signature", hex("HmacSHA1", bytes));
            case "artifactory" -> all.put("x-jfrog-event-auth", hex("HmacSHA256", bytes));
            case "slack" -> {
                all.put("x-slack-request-timestamp", moment);
                all.put("x-slack-signature", "v0=" + hex("HmacSHA256", ("v0:" + moment + ":").getBytes(UTF_8), bytes));
            }
            case "stripe" ->
                all.put(
                        "stripe-signature",
                        "t=" + moment + ",v1=" + hex("HmacSHA256", (moment + ".").getBytes(UTF_8), bytes));
            case "sns" -> sent = signedBySns(bytes);
            case "generic" -> all.put("authorization", "Bearer " + SECRET);
            default -> rest = SECRET;
        }
        return new Delivery("shop", "POST", rest, "", all, sent, NOW);
    }

    private static String hex(String algorithm, byte[]... parts) {
        return HexFormat.of().formatHex(mac(algorithm, parts));
    }

    private static byte[] mac(String algorithm, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), algorithm));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] signedBySns(byte[] bytes) {
        if (!(Json.exactTree(bytes).orElse(null) instanceof ObjectNode envelope)) {
            return bytes;
        }
        StringBuilder text = new StringBuilder();
        List<String> fields = envelope.path("Type").asText("").equals("Notification")
                ? List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
                : List.of("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");
        for (String field : fields) {
            if (envelope.path(field).isTextual()) {
                text.append(field)
                        .append("\n")
                        .append(envelope.path(field).textValue())
                        .append("\n");
            }
        }
        try {
            String version = envelope.path("SignatureVersion").asText("");
            Signature signature = Signature.getInstance(version.equals("1") ? "SHA1withRSA" : "SHA256withRSA");
            signature.initSign(SNS.getPrivate());
            signature.update(text.toString().getBytes(UTF_8));
            return Json.bytes(envelope.put("Signature", Base64.getEncoder().encodeToString(signature.sign())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
