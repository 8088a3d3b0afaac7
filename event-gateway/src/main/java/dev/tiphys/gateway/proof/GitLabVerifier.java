package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.util.Arrays;
import java.util.Set;

/**
 * GitLab: a secret that begins with {@code whsec_} is a signing token and wants a signature; any other is the classic token
 * in {@code X-Gitlab-Token}. Which of both is decided by the secret alone: a sender cannot choose the weaker one.
 */
final class GitLabVerifier implements Verifier {
    private static final byte[] SIGNING = StandardWebhooksVerifier.SHARED.getBytes(UTF_8);

    private final Verifier signature = new StandardWebhooksVerifier();
    private final TokenVerifier token = new TokenVerifier("x-gitlab-token");

    @Override
    public Set<String> headers() {
        return Set.of(StandardWebhooksVerifier.SIGNATURE, token.header());
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        boolean signing =
                secret.length >= SIGNING.length && Arrays.equals(secret, 0, SIGNING.length, SIGNING, 0, SIGNING.length);
        return signing ? signature.verifies(delivery, secret) : token.verifies(delivery, secret);
    }
}
