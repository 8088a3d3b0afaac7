package dev.tiphys.contracts.definition;

import dev.tiphys.contracts.definition.Definition.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a Source. */
final class SourceForm {
    private static final String SNS = "sns";

    /** What proves a sender that has one way to do it. */
    private static final Map<String, Function<SecretRef, Verification>> OWN_PROOFS = new LinkedHashMap<>();

    static {
        OWN_PROOFS.put("harbor", secret -> new Verification.Token(secret, "authorization"));
        OWN_PROOFS.put(
                "nexus", secret -> new Verification.Hmac(secret, "x-nexus-webhook-signature", "sha1", "", "hex"));
        OWN_PROOFS.put(
                "artifactory", secret -> new Verification.Hmac(secret, "x-jfrog-event-auth", "sha256", "", "hex"));
        OWN_PROOFS.put("azure-container-registry", Verification.InAddress::new);
        OWN_PROOFS.put("docker-hub", Verification.InAddress::new);
        OWN_PROOFS.put("quay", Verification.InAddress::new);
        OWN_PROOFS.put("slack", Verification.Slack::new);
        OWN_PROOFS.put("stripe", Verification.Stripe::new);
        OWN_PROOFS.put("standard-webhooks", Verification.StandardWebhooks::new);
    }

    private SourceForm() {}

    static @Nullable Definition source(DefinitionKey key, Fields spec) {
        List<String> senders = new ArrayList<>(OWN_PROOFS.keySet());
        senders.addFirst(Source.GENERIC);
        senders.add(SNS);
        String sender = spec.oneOf("sender", senders, Source.GENERIC);
        Verification verification = senders.contains(sender) ? verification(sender, spec) : null;
        Limits limits = LimitsForm.limits(spec.optionalMapping("limits"));
        spec.free("secret", "verify", "topics");
        spec.end();
        return spec.inspection().failed() || verification == null
                ? null
                : new Source(key, sender, verification, limits);
    }

    private static @Nullable Verification verification(String sender, Fields spec) {
        List<String> ways = sender.equals(Source.GENERIC)
                ? List.of("verify")
                : List.of(sender.equals(SNS) ? "topics" : "secret", "verify");
        List<String> met =
                List.of("secret", "topics", "verify").stream().filter(spec::has).toList();
        if (met.size() != 1 || !ways.contains(met.getFirst())) {
            if (spec.there()) {
                spec.inspection()
                        .error(
                                spec.path(),
                                "a delivery of " + sender + " is proved by " + (ways.size() > 1 ? "either " : "")
                                        + Fields.either(ways) + ", met "
                                        + (met.isEmpty() ? "none" : String.join(" and ", met))
                                        + ": nothing is accepted unverified");
            }
            return null;
        }
        return switch (met.getFirst()) {
            case "secret" -> proof(sender, spec.secret("secret", "secret"));
            case "topics" -> new Verification.Sns(topics(spec));
            default -> VerificationForm.verification(spec.mapping("verify"));
        };
    }

    private static @Nullable Verification proof(String sender, SecretRef secret) {
        Function<SecretRef, Verification> proof = OWN_PROOFS.get(sender);
        return proof == null ? null : proof.apply(secret);
    }

    /** {@return the topics that SNS may deliver of} */
    static List<String> topics(Fields fields) {
        List<String> topics = fields.texts("topics", Syntax::wrongWithSnsTopic);
        if (fields.there() && topics.isEmpty() && !fields.inspection().failed()) {
            fields.inspection()
                    .error(
                            fields.path(),
                            "expected a list \"topics\" with the ARN of at least one topic: anyone can sign with a topic"
                                    + " of their own");
        }
        return topics;
    }
}
