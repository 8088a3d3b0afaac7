package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemesTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_614_265_330);
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);
    private static final byte[] KEY = "key".getBytes(UTF_8);

    @Nested
    class StandardWebhooks {
        private static final byte[] SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".getBytes(UTF_8);
        private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        private static final String RIGHT = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

        private final Verifier verifier = new StandardWebhooksVerifier();

        /** The numbers of the specification's own example. */
        @Test
        void areVerifiedByTheirExample() {
            assertThat(verifies(SECRET, RIGHT)).isTrue();
        }

        @Test
        void mayCarrySeveralSignatures() {
            assertThat(verifies(SECRET, "v1,AAAA v1a,AAAA " + RIGHT)).isTrue();
            assertThat(verifies(SECRET, "v1,AAAA v2" + RIGHT.substring(2))).isFalse();
            assertThat(verifies(SECRET, "v1,AAAA ".repeat(8) + RIGHT)).isFalse();
        }

        @Test
        void mayBeSignedWithAPublicKey() throws GeneralSecurityException {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
            byte[] secret = ("whpk_" + Base64.getEncoder().encodeToString(raw)).getBytes(UTF_8);
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update((ID + "." + NOW.getEpochSecond() + ".").getBytes(UTF_8));
            signature.update(BODY);
            String given = Base64.getEncoder().encodeToString(signature.sign());

            assertThat(verifies(secret, "v1a," + given)).isTrue();
            assertThat(verifies(secret, "v1," + given)).isFalse();
            assertThat(verifies(secret, "v1a,AAAA")).isFalse();
            // A public key is known to everybody: it never counts as a shared one.
            assertThat(verifies(
                            secret,
                            "v1,"
                                    + Base64.getEncoder()
                                            .encodeToString(hmac(
                                                    "HmacSHA256",
                                                    raw,
                                                    (ID + "." + NOW.getEpochSecond() + ".").getBytes(UTF_8),
                                                    BODY))))
                    .isFalse();
        }

        @Test
        void areRefusedWithASecretOfNoKnownForm() {
            for (String secret :
                    List.of("whsec_", "whsec_***", "whpk_AAAA", "whpk_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")) {
                assertThat(verifies(secret.getBytes(UTF_8), RIGHT)).isFalse();
            }
        }

        private boolean verifies(byte[] secret, String signature) {
            return verifier.verifies(
                    delivery(Map.of(
                            "webhook-id", ID,
                            "webhook-timestamp", Long.toString(NOW.getEpochSecond()),
                            "webhook-signature", signature)),
                    secret);
        }
    }

    @Nested
    class ADigest {
        @ParameterizedTest
        @CsvSource({"sha1,HmacSHA1", "sha256,HmacSHA256", "sha512,HmacSHA512"})
        void isOfThreeAlgorithmsInTwoSpellings(String algorithm, String name) {
            byte[] digest = hmac(name, KEY, BODY);
            HmacVerifier hex = new HmacVerifier("x", algorithm, "p=", HmacVerifier.Encoding.HEX);
            HmacVerifier base64 = new HmacVerifier("x", algorithm, "", HmacVerifier.Encoding.BASE64);
            assertThat(hex.verifies(delivery(Map.of("x", "p=" + HexFormat.of().formatHex(digest))), KEY))
                    .isTrue();
            assertThat(hex.verifies(delivery(Map.of("x", HexFormat.of().formatHex(digest))), KEY))
                    .isFalse();
            assertThat(base64.verifies(delivery(Map.of("x", Base64.getEncoder().encodeToString(digest))), KEY))
                    .isTrue();
            assertThat(base64.verifies(delivery(Map.of("x", "****")), KEY)).isFalse();
        }

        /** The digests that are kept for a secret are never used by two at once, nor for another secret. */
        @Test
        void isTheSameForManyAtOnce() throws Exception {
            Macs macs = new Macs("HmacSHA256");
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Boolean>> all = java.util.stream.IntStream.range(0, 4_000)
                        .mapToObj(i -> threads.submit(() -> {
                            byte[] secret = ("secret" + i % 5).getBytes(UTF_8);
                            byte[] body = ("body" + i).getBytes(UTF_8);
                            return Arrays.equals(macs.digest(secret, body), hmac("HmacSHA256", secret, body));
                        }))
                        .toList();
                for (Future<Boolean> one : all) {
                    assertThat(one.get()).isTrue();
                }
            }
        }
    }

    @Nested
    class GitLab {
        private final Verifier verifier =
                Proof.ofGitLab(new SecretRef("a", "b")).verifier();

        @Test
        void takesTheClassicTokenOnlyForAClassicSecret() {
            Map<String, String> classic = Map.of("x-gitlab-token", "key");
            assertThat(verifier.verifies(delivery(classic), KEY)).isTrue();
            byte[] signing = "whsec_a2V5".getBytes(UTF_8);
            assertThat(verifier.verifies(delivery(Map.of("x-gitlab-token", "whsec_a2V5")), signing))
                    .isFalse();
        }
    }

    @Test
    void stripeMayCarrySeveralSignatures() {
        String moment = Long.toString(NOW.getEpochSecond());
        String right = HexFormat.of().formatHex(hmac("HmacSHA256", KEY, (moment + ".").getBytes(UTF_8), BODY));
        Verifier stripe = new StripeVerifier();
        assertThat(stripe.verifies(delivery(Map.of("stripe-signature", "t=" + moment + ", v1=00, v1=" + right)), KEY))
                .isTrue();
        assertThat(stripe.verifies(delivery(Map.of("stripe-signature", "t=" + moment + ",v0=" + right)), KEY))
                .isFalse();
        assertThat(stripe.verifies(delivery(Map.of("stripe-signature", "v1=" + right)), KEY))
                .isFalse();
        assertThat(stripe.verifies(
                        delivery(Map.of("stripe-signature", "t=" + moment + ",v1=00".repeat(20) + ",v1=" + right)),
                        KEY))
                .isFalse();
    }

    @Test
    void basicIsUserAndPassword() {
        String given = Base64.getEncoder().encodeToString("ada:pass:word".getBytes(UTF_8));
        assertThat(new BasicVerifier()
                        .verifies(delivery(Map.of("authorization", "basic " + given)), "ada:pass:word".getBytes(UTF_8)))
                .isTrue();
        assertThat(new BasicVerifier()
                        .verifies(
                                delivery(Map.of("authorization", "Bearer " + given)), "ada:pass:word".getBytes(UTF_8)))
                .isFalse();
        assertThat(new BasicVerifier().verifies(delivery(Map.of("authorization", "Basic %%%")), KEY))
                .isFalse();
    }

    @Test
    void anAddressIsTheWholeRest() {
        AddressVerifier verifier = new AddressVerifier();
        assertThat(verifier.verifies(new Delivery("a", "POST", "key", "", Map.of(), BODY, NOW), KEY))
                .isTrue();
        for (String rest : List.of("", "ke", "keyy", "key/", "x/key")) {
            assertThat(verifier.verifies(new Delivery("a", "POST", rest, "", Map.of(), BODY, NOW), KEY))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1614265330,true",
        "1614265630,true",
        "1614265631,false",
        "1614265030,true",
        "1614265029,false",
        "'',false",
        "-1,false",
        "9999999999999999999,false",
        "1614265330.5,false",
        "0x1,false"
    })
    void aMomentIsNear(String seconds, boolean near) {
        assertThat(Moment.near(seconds, NOW)).isEqualTo(near);
    }

    @ParameterizedTest
    @CsvSource({
        "*,'',true",
        "refs/heads/*,refs/heads/a/b,true",
        "refs/heads/*,refs/tags/a,false",
        "a?c,abc,true",
        "a?c,ac,false",
        "*a*b*,xxaxxbxx,true",
        "*a*b*,xxbxxaxx,false",
        "'',a,false",
        "a,a,true",
        "a,ab,false"
    })
    void aGlobFitsTheWhole(String glob, String text, boolean fits) {
        assertThat(Glob.matches(glob, text)).isEqualTo(fits);
    }

    private static Delivery delivery(Map<String, String> headers) {
        return new Delivery("a", headers, BODY, NOW);
    }

    private static byte[] hmac(String algorithm, byte[] secret, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
