package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code verify} of a Source: one of the ways in which a sender proves itself. */
final class VerificationForm {
    private static final Map<String, Function<Fields, Verification>> WAYS = new LinkedHashMap<>();

    static {
        WAYS.put("hmac", VerificationForm::hmac);
        WAYS.put("bearer", way -> new Verification.Bearer(way.secretRef("token")));
        WAYS.put("token", way -> new Verification.Token(way.secretRef("token"), header(way)));
        WAYS.put("basic", way -> new Verification.Basic(way.secretRef("secret")));
        WAYS.put("address", way -> new Verification.InAddress(way.secretRef("secret")));
        WAYS.put("standardWebhooks", way -> new Verification.StandardWebhooks(way.secretRef("secret")));
        WAYS.put("slack", way -> new Verification.Slack(way.secretRef("secret")));
        WAYS.put("stripe", way -> new Verification.Stripe(way.secretRef("secret")));
        WAYS.put("oidc", VerificationForm::oidc);
        WAYS.put("sns", way -> new Verification.Sns(SourceForm.topics(way)));
    }

    private VerificationForm() {}

    /** {@return the one way that is given; null if there is not exactly one, which is reported} */
    static @Nullable Verification verification(Fields verify) {
        List<String> met = WAYS.keySet().stream().filter(verify::has).toList();
        if (verify.there() && met.size() != 1) {
            verify.inspection()
                    .error(
                            verify.path(),
                            "expected exactly one of " + Fields.either(WAYS.keySet()) + ", met "
                                    + (met.isEmpty() ? "none" : String.join(" and ", met))
                                    + ": nothing is accepted unverified");
        }
        verify.end();
        if (met.size() != 1) {
            return null;
        }
        Fields way = verify.mapping(met.getFirst());
        Verification verification =
                way.there() ? Objects.requireNonNull(WAYS.get(met.getFirst())).apply(way) : null;
        way.end();
        return verification;
    }

    private static Verification hmac(Fields hmac) {
        SecretRef secret = hmac.secretRef("secret");
        String header = header(hmac);
        String algorithm = hmac.oneOf("algorithm", List.of("sha1", "sha256", "sha512"), "sha256");
        if (algorithm.equals("sha1")) {
            hmac.inspection()
                    .warning(
                            hmac.path("algorithm"),
                            "sha1 is weak: take it only if the sender can do nothing better than sha1");
        }
        String prefix =
                hmac.value("prefix") == null || hmac.value("prefix").asText().isEmpty() ? "" : hmac.text("prefix");
        String encoding = hmac.oneOf("encoding", List.of("hex", "base64"), "hex");
        return new Verification.Hmac(secret, header, algorithm, prefix, encoding);
    }

    private static String header(Fields way) {
        return way.text("header", Syntax.HEADER, "the name of a header such as X-Signature-256")
                .toLowerCase(Locale.ROOT);
    }

    private static Verification oidc(Fields oidc) {
        String issuer = oidc.checked("issuer", Syntax::wrongWithTrustedUrl);
        String audience = oidc.text("audience");
        String keysUrl = oidc.has("keysUrl") ? oidc.checked("keysUrl", Syntax::wrongWithTrustedUrl) : null;
        Fields holder = oidc.optionalMapping("claims");
        Map<String, List<String>> claims = holder == null ? Map.of() : claims(holder);
        boolean narrow = claims.values().stream()
                .anyMatch(globs -> !globs.isEmpty() && globs.stream().noneMatch(glob -> glob.matches("\\**")));
        if (!narrow && (holder == null || holder.there()) && !oidc.inspection().failed()) {
            oidc.inspection()
                    .error(
                            holder == null ? oidc.path() : holder.path(),
                            "expected claims that say whose tokens are let in, such as {repository: acme/shop}: an issuer"
                                    + " signs for everyone who uses it, so without them anyone gets in");
        }
        return new Verification.Oidc(issuer, audience, keysUrl, claims);
    }

    private static Map<String, List<String>> claims(Fields holder) {
        Map<String, List<String>> claims = new LinkedHashMap<>();
        for (String name : holder.names()) {
            List<String> globs = holder.textOrTexts(name, glob -> null);
            JsonNode value = holder.value(name);
            if (value != null && value.isArray() && value.isEmpty()) {
                holder.inspection().error(holder.path(name), "expected a glob, or a list of globs, met an empty one");
            }
            claims.put(name, globs);
        }
        return claims;
    }
}
