package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Verification.Oidc;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.KeyPlace;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OidcVerifierTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
    private static final KeyPair RSA = pair("RSA", 2048);
    private static final KeyPair EC = pair("EC", 256);
    private static final OidcVerifier VERIFIER = new OidcVerifier(new Oidc(
            "https://issuer.example",
            "tiphys",
            null,
            Map.of("repository", List.of("acme/*"), "ref", List.of("refs/heads/main", "refs/tags/*"))));
    private static final String CLAIMS = """
            {"iss": "https://issuer.example", "aud": ["other", "tiphys"], "exp": 1000300, "nbf": 999000, "iat": 1000000,
             "repository": "acme/shop", "ref": "refs/tags/v1"}""";
    private static final String HEADER = "{\"alg\": \"RS256\", \"kid\": \"k1\", \"typ\": \"JWT\"}";

    @Test
    void aTokenOfTheIssuerIsAccepted() {
        String token = token(HEADER, CLAIMS, "SHA256withRSA", RSA);
        assertThat(VERIFIER.of(delivery(token)))
                .contains(new KeyPlace.Discovered(URI.create("https://issuer.example"), "k1"));
        assertThat(verifies(token, RSA)).isTrue();
        assertThat(verifies(token(HEADER.replace("RS256", "ES256"), CLAIMS, "SHA256withECDSAinP1363Format", EC), EC))
                .isTrue();
    }

    @Test
    void aTokenOfAnotherKeyIsRefused() {
        assertThat(verifies(token(HEADER, CLAIMS, "SHA256withRSA", RSA), pair("RSA", 2048)))
                .isFalse();
        assertThat(verifies(token(HEADER, CLAIMS, "SHA256withRSA", RSA), EC)).isFalse();
        KeyPair weak = pair("RSA", 1024);
        assertThat(verifies(token(HEADER, CLAIMS, "SHA256withRSA", weak), weak)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"iss\": \"https://issuer.example\"|\"iss\": \"https://issuer.example/\"",
                "\"iss\": \"https://issuer.example\"|\"iss\": [\"https://issuer.example\"]",
                "\"iss\": \"https://issuer.example\"|\"iss\": \"https://evil.example\"",
                "[\"other\", \"tiphys\"]|[\"other\"]",
                "[\"other\", \"tiphys\"]|[]",
                "[\"other\", \"tiphys\"]|\"\"",
                "[\"other\", \"tiphys\"]|null",
                "\"exp\": 1000300|\"exp\": 999940",
                "\"exp\": 1000300|\"exp\": \"1000300\"",
                "\"exp\": 1000300|\"exp\": 1e999",
                "\"exp\": 1000300|\"exp\": null",
                "\"exp\": 1000300|\"x\": 1",
                "\"nbf\": 999000|\"nbf\": 1000061",
                "\"nbf\": 999000|\"nbf\": \"soon\"",
                "\"iat\": 1000000|\"iat\": 1000061",
                "\"acme/shop\"|\"other/shop\"",
                "\"acme/shop\"|\"\"",
                "\"acme/shop\"|null",
                "\"acme/shop\"|{}",
                "\"repository\"|\"x\"",
                "refs/tags/v1|refs/heads/dev",
            })
    void aTokenThatSaysSomethingElseIsRefused(String change) {
        String[] both = change.split("\\|", -1);
        String claims = CLAIMS.replace(both[0], both[1]);
        assertThat(claims).isNotEqualTo(CLAIMS);
        String token = token(HEADER, claims, "SHA256withRSA", RSA);
        assertThat(verifies(token, RSA)).isFalse();
        assertThat(VERIFIER.of(delivery(token))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\": \"none\", \"kid\": \"k1\"}",
                "{\"alg\": \"None\", \"kid\": \"k1\"}",
                "{\"alg\": \"HS256\", \"kid\": \"k1\"}",
                "{\"alg\": \"RS1\", \"kid\": \"k1\"}",
                "{\"alg\": \"rs256\", \"kid\": \"k1\"}",
                "{\"alg\": [\"RS256\"], \"kid\": \"k1\"}",
                "{\"kid\": \"k1\"}",
                "{\"alg\": \"RS256\", \"kid\": \"k1\", \"crit\": [\"b64\"]}",
                "[]",
                "null",
            })
    void anotherAlgorithmIsRefused(String header) {
        assertThat(verifies(token(header, CLAIMS, "SHA256withRSA", RSA), RSA)).isFalse();
        assertThat(VERIFIER.of(delivery(token(header, CLAIMS, "SHA256withRSA", RSA))))
                .isEmpty();
    }

    /** Who knows the public key, everybody, signs with it as if it were shared. */
    @Test
    void aPublicKeyIsNoSharedOne() throws GeneralSecurityException {
        for (String algorithm : List.of("HS256", "RS256")) {
            String signed = encoded(HEADER.replace("RS256", algorithm)) + "." + encoded(CLAIMS);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(RSA.getPublic().getEncoded(), "HmacSHA256"));
            assertThat(verifies(signed + "." + encoded(mac.doFinal(signed.getBytes(UTF_8))), RSA))
                    .isFalse();
        }
        assertThat(verifies(encoded(HEADER) + "." + encoded(CLAIMS) + ".", RSA)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"../../etc/passwd \"", "\"a\\nb\"", "7", "null"})
    void aKeyIdIsAName(String kid) {
        String header = kid.isEmpty() ? HEADER.replace("\"kid\": \"k1\", ", "") : HEADER.replace("\"k1\"", kid);
        boolean number = kid.equals("7");
        assertThat(VERIFIER.of(delivery(token(header, CLAIMS, "SHA256withRSA", RSA)))
                        .isPresent())
                .isEqualTo(number);
    }

    @Test
    void whatIsNoTokenIsRefused() {
        String right = token(HEADER, CLAIMS, "SHA256withRSA", RSA);
        for (String token : List.of(
                "",
                ".",
                "..",
                "a.b.c",
                "a.b",
                right + ".x",
                right.substring(1),
                "x".repeat(20_000),
                right + " ",
                "%.%.%",
                encoded("{".repeat(5_000)) + "." + encoded(CLAIMS) + ".AA")) {
            if (!token.strip().equals(right)) {
                assertThat(verifies(token, RSA)).as(token).isFalse();
            }
        }
        String huge =
                token(HEADER, CLAIMS.replace("}", ", \"x\": \"" + "y".repeat(20_000) + "\"}"), "SHA256withRSA", RSA);
        assertThat(verifies(huge, RSA)).isFalse();
    }

    private static boolean verifies(String token, KeyPair pair) {
        return VERIFIER.verifies(delivery(token), pair.getPublic().getEncoded());
    }

    private static Delivery delivery(String token) {
        return new Delivery("a", Map.of("authorization", "Bearer " + token), "{}".getBytes(UTF_8), NOW);
    }

    private static String token(String header, String claims, String algorithm, KeyPair pair) {
        try {
            String signed = encoded(header) + "." + encoded(claims);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(pair.getPrivate());
            signature.update(signed.getBytes(UTF_8));
            return signed + "." + encoded(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return encoded(text.getBytes(UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static KeyPair pair(String algorithm, int size) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(size);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
