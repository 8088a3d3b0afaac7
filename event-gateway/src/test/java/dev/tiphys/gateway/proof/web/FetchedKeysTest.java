package dev.tiphys.gateway.proof.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.gateway.delivery.KeyPlace;
import dev.tiphys.gateway.delivery.PublishedKeys.KeysUnavailable;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FetchedKeysTest {
    private static final URI KEYS = URI.create("https://issuer.example/keys");
    private static final RSAPublicKey RSA = rsa();

    private final List<URI> asked = new ArrayList<>();
    private final Map<URI, String> answers = new HashMap<>(Map.of(KEYS, keySet("k1")));
    private Instant now = Instant.parse("2026-03-01T10:00:00Z");
    private int failures;

    private final FetchedKeys keys = new FetchedKeys(
            this::get,
            new Clock() {
                @Override
                public java.time.ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(java.time.ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            },
            () -> failures++);

    @Test
    void aKeyIsFetchedOnceAndKept() {
        assertThat(find("k1")).containsExactly(RSA.getEncoded());
        assertThat(find("k1")).hasSize(1);
        assertThat(asked).hasSize(1);
    }

    @Test
    void anUnknownKeyMakesItLookAgainOnceAMinuteAndIsNoRefusalUntilThen() {
        find("k1");
        answers.put(KEYS, keySet("k2"));
        for (int i = 0; i < 100; i++) {
            String madeUp = "made-up-" + i;
            assertThatThrownBy(() -> find(madeUp)).isInstanceOf(KeysUnavailable.class);
        }
        // It is published by now, and whoever uses it is not told that it is not.
        assertThatThrownBy(() -> find("k2")).isInstanceOf(KeysUnavailable.class).hasMessageContaining("issuer.example");
        assertThat(asked).hasSize(1);

        pass(FetchedKeys.BETWEEN_FETCHES);
        assertThat(find("k2")).hasSize(1);
        assertThatThrownBy(() -> find("k1")).isInstanceOf(KeysUnavailable.class);
        assertThat(asked).hasSize(2);

        pass(FetchedKeys.BETWEEN_FETCHES);
        assertThat(find("made-up")).isEmpty();
        assertThat(asked).hasSize(3);
    }

    @Test
    void aServerThatDoesNotAnswerIsNoRefusal() {
        answers.clear();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> find("k1")).isInstanceOf(KeysUnavailable.class);
        }
        assertThat(asked).hasSize(1);
        assertThat(failures).isEqualTo(1);

        pass(FetchedKeys.AFTER_FAILURE);
        answers.put(KEYS, keySet("k1"));
        assertThat(find("k1")).hasSize(1);
    }

    @Test
    void keysHoldOnForADayWhileTheServerIsAway() {
        find("k1");
        answers.clear();
        pass(FetchedKeys.FRESH);
        assertThat(find("k1")).hasSize(1);
        assertThat(failures).isEqualTo(1);
        assertThatThrownBy(() -> find("k2")).isInstanceOf(KeysUnavailable.class);

        pass(FetchedKeys.KEPT);
        assertThatThrownBy(() -> find("k1")).isInstanceOf(KeysUnavailable.class);
    }

    @Test
    void anIssuerSaysWhereItsKeysAre() {
        URI issuer = URI.create("https://issuer.example");
        URI document = URI.create("https://issuer.example/.well-known/openid-configuration");
        answers.put(document, "{\"issuer\": \"https://issuer.example\", \"jwks_uri\": \"" + KEYS + "\"}");
        assertThat(keys.find(new KeyPlace.Discovered(issuer, "k1"))).hasSize(1);
        assertThat(asked).containsExactly(document, KEYS);
    }

    @Test
    void anIssuerSpeaksForItselfAlone() {
        URI issuer = URI.create("https://issuer.example");
        answers.put(
                URI.create("https://issuer.example/.well-known/openid-configuration"),
                "{\"issuer\": \"https://other.example\", \"jwks_uri\": \"" + KEYS + "\"}");
        assertThatThrownBy(() -> keys.find(new KeyPlace.Discovered(issuer, "k1")))
                .isInstanceOf(KeysUnavailable.class);
    }

    @Test
    void whatIsNoKeyIsLeftOut() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        ECPublicKey ec = (ECPublicKey) generator.generateKeyPair().getPublic();
        answers.put(
                KEYS,
                "{\"keys\": [null, 1, {}, {\"kid\": \"a\", \"kty\": \"oct\", \"k\": \"AA\"}, {\"kid\": \"b\", \"kty\": \"RSA\"},"
                        + "{\"kid\": \"c\", \"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"%%\"}, {\"kid\": \"d\", \"kty\": \"RSA\", \"use\": \"enc\", \"n\": \"AQAB\", \"e\": \"AQAB\"},"
                        + "{\"kid\": \"e\", \"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \""
                        + number(ec.getW().getAffineX()) + "\", \"y\": \""
                        + number(ec.getW().getAffineY()) + "\"}]}");
        assertThat(find("e")).containsExactly(ec.getEncoded());
        for (String other : List.of("a", "b", "c", "d")) {
            pass(FetchedKeys.BETWEEN_FETCHES);
            assertThat(find(other)).isEmpty();
        }
    }

    @Test
    void whatIsNoKeySetIsAFailure() {
        for (String answer : List.of("", "[]", "{\"keys\": {}}", "{\"keys\": [" + "1,".repeat(200) + "1]}")) {
            answers.put(KEYS, answer);
            pass(Duration.ofMinutes(2));
            assertThatThrownBy(() -> find("k1")).isInstanceOf(KeysUnavailable.class);
        }
    }

    @Test
    void aCertificateThatIsNoneIsAFailure() {
        assertThatThrownBy(() -> keys.find(new KeyPlace.Certificate(KEYS))).isInstanceOf(KeysUnavailable.class);
    }

    private List<byte[]> find(String id) {
        return keys.find(new KeyPlace.KeySet(KEYS, id));
    }

    private byte[] get(URI address) throws IOException {
        asked.add(address);
        String answer = answers.get(address);
        if (answer == null) {
            throw new IOException("it is away");
        }
        return answer.getBytes(UTF_8);
    }

    private void pass(Duration duration) {
        now = now.plus(duration).plusMillis(1);
    }

    private static String keySet(String id) {
        return "{\"keys\": [{\"kid\": \"" + id + "\", \"kty\": \"RSA\", \"use\": \"sig\", \"n\": \""
                + number(RSA.getModulus()) + "\", \"e\": \"" + number(RSA.getPublicExponent()) + "\"}]}";
    }

    private static String number(java.math.BigInteger number) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(number.toByteArray());
    }

    private static RSAPublicKey rsa() {
        try {
            return (RSAPublicKey)
                    KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
