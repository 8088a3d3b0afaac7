package dev.tiphys.gateway.proof;

import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.definition.Verification;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Verifier;
import java.util.List;
import java.util.Locale;

/** What an endpoint demands of its senders: the credentials and what compares them. */
public record Proof(Credentials credentials, Verifier verifier) {

    /** Whether endpoints without any proof are served: whoever runs the gateway says so. */
    public enum Openness {
        PROOF_DEMANDED,
        OPEN_ALLOWED
    }

    /** {@return what a definition says} */
    public static Proof of(Verification verification, Openness openness) {
        return switch (verification) {
            case Verification.Hmac(var secret, var header, var algorithm, var prefix, var encoding) ->
                shared(
                        secret,
                        new HmacVerifier(
                                header,
                                algorithm,
                                prefix,
                                HmacVerifier.Encoding.valueOf(encoding.toUpperCase(Locale.ROOT))));
            case Verification.Bearer(var secret) -> shared(secret, new BearerVerifier());
            case Verification.Token(var secret, var header) -> shared(secret, new TokenVerifier(header));
            case Verification.Basic(var secret) -> shared(secret, new BasicVerifier());
            case Verification.InAddress(var secret) -> shared(secret, new AddressVerifier());
            case Verification.StandardWebhooks(var secret) -> shared(secret, new StandardWebhooksVerifier());
            case Verification.Slack(var secret) -> shared(secret, new SlackVerifier());
            case Verification.Stripe(var secret) -> shared(secret, new StripeVerifier());
            case Verification.Oidc oidc -> published(new OidcVerifier(oidc));
            case Verification.Sns sns -> published(new SnsVerifier(sns));
            case Verification.Open _ ->
                switch (openness) {
                    case OPEN_ALLOWED -> new Proof(new Credentials.None(), new NoProof());
                    case PROOF_DEMANDED ->
                        none("its definition demands no proof of its senders, and this gateway serves no such"
                                + " endpoint; give it a secret, or set tiphys.gateway.unverified-hooks=allow");
                };
        };
    }

    /**
     * {@return the proof that nobody has}
     *
     * @param reason for whoever runs the gateway
     */
    public static Proof none(String reason) {
        return new Proof(new Credentials.Closed(reason), new NoProof());
    }

    /** {@return GitHub's} */
    public static Proof ofGitHub(SecretRef secret) {
        return shared(secret, HmacVerifier.sha256("x-hub-signature-256"));
    }

    /** {@return GitLab's: a signature or the classic token, as the secret says} */
    public static Proof ofGitLab(SecretRef secret) {
        return shared(secret, new GitLabVerifier());
    }

    /** {@return Bitbucket's, Cloud and Data Center} */
    public static Proof ofBitbucket(SecretRef secret) {
        return shared(secret, HmacVerifier.sha256("x-hub-signature"));
    }

    /** {@return Gitea's} */
    public static Proof ofGitea(SecretRef secret) {
        return shared(
                secret,
                new FirstGiven(List.of(
                        HmacVerifier.bareSha256("x-gitea-signature"), HmacVerifier.sha256("x-hub-signature-256"))));
    }

    /** {@return Forgejo's, which sends Gitea's header, too} */
    public static Proof ofForgejo(SecretRef secret) {
        return shared(
                secret,
                new FirstGiven(List.of(
                        HmacVerifier.bareSha256("x-forgejo-signature"),
                        HmacVerifier.bareSha256("x-gitea-signature"),
                        HmacVerifier.sha256("x-hub-signature-256"))));
    }

    /** {@return Azure DevOps', which signs nothing} */
    public static Proof ofAzureDevOps(SecretRef secret) {
        return shared(secret, new BasicVerifier());
    }

    private static Proof shared(SecretRef secret, Verifier verifier) {
        return new Proof(Credentials.Shared.of(secret), verifier);
    }

    private static <V extends Verifier & Credentials.Where> Proof published(V scheme) {
        return new Proof(new Credentials.Published(scheme), scheme);
    }
}
