package dev.tiphys.contracts.definition;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a sender proves itself. Every scheme is about the raw bytes; nothing is parsed before it, but what the scheme itself
 * needs to find its key.
 */
public sealed interface Verification {

    /** {@return the secret that it needs; null if it goes by keys that the sender publishes, or by nothing} */
    @Nullable
    SecretRef secret();

    /**
     * A signature of the raw body.
     *
     * @param header the header's name, in lower case
     * @param algorithm {@code sha1}, {@code sha256} or {@code sha512}
     * @param prefix what stands before the digest, for example {@code sha256=}; may be empty
     * @param encoding {@code hex} or {@code base64}
     */
    record Hmac(SecretRef secret, String header, String algorithm, String prefix, String encoding)
            implements Verification {}

    /** {@code Authorization: Bearer} with a shared token. */
    record Bearer(SecretRef secret) implements Verification {}

    /**
     * A shared token as the whole value of a header.
     *
     * @param header the header's name, in lower case
     */
    record Token(SecretRef secret, String header) implements Verification {}

    /** {@code Authorization: Basic}; the secret is {@code user:password}. */
    record Basic(SecretRef secret) implements Verification {}

    /** An address that nobody can guess: the secret is the last part of it, {@code /hooks/{name}/{secret}}. */
    record InAddress(SecretRef secret) implements Verification {}

    /**
     * Standard Webhooks: {@code webhook-id}, {@code webhook-timestamp} and {@code webhook-signature}. The secret is {@code
     * whsec_} and a key in Base64, or {@code whpk_} and an ed25519 public key in Base64.
     */
    record StandardWebhooks(SecretRef secret) implements Verification {}

    /** Slack's signature with the app's signing secret. */
    record Slack(SecretRef secret) implements Verification {}

    /** {@code Stripe-Signature}. */
    record Stripe(SecretRef secret) implements Verification {}

    /**
     * A JSON Web Token in {@code Authorization: Bearer} that an OpenID Connect issuer signed.
     *
     * @param keysUrl where the issuer's keys are; null for what its discovery document says
     * @param claims what claims must be: by name, globs of which one must match the claim or one of its items
     */
    record Oidc(String issuer, String audience, @Nullable String keysUrl, Map<String, List<String>> claims)
            implements Verification {
        public Oidc {
            Map<String, List<String>> copy = new LinkedHashMap<>();
            claims.forEach((name, globs) -> copy.put(name, List.copyOf(globs)));
            claims = Map.copyOf(copy);
        }

        @Override
        public @Nullable SecretRef secret() {
            return null;
        }
    }

    /**
     * AWS SNS' own signature with a certificate that SNS publishes.
     *
     * @param topics the ARNs of the topics that are let in and whose subscriptions are confirmed; not empty
     */
    record Sns(List<String> topics) implements Verification {
        public Sns {
            topics = List.copyOf(topics);
        }

        @Override
        public @Nullable SecretRef secret() {
            return null;
        }
    }

    /** None: only where Argo's manifests have none, and only if whoever runs the gateway allows it. */
    record Open() implements Verification {
        @Override
        public @Nullable SecretRef secret() {
            return null;
        }
    }
}
