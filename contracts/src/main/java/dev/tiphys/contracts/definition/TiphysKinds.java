package dev.tiphys.contracts.definition;

import static java.util.Objects.requireNonNullElse;

import dev.tiphys.contracts.definition.Definition.JenkinsServer;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.Definition.SlackWorkspace;
import dev.tiphys.contracts.definition.Definition.Source;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the small kinds of {@code tiphys.dev/v1}. Each method answers null if something is wrong, which is reported. */
final class TiphysKinds {
    /** The Git servers whose deliveries are understood. */
    static final List<String> PROVIDERS = List.of("github");

    private TiphysKinds() {}

    static @Nullable Definition repository(DefinitionKey key, Fields spec) {
        String url = spec.checked("url", Syntax::wrongWithGitUrl);
        String provider = spec.oneOf("provider", PROVIDERS, PROVIDERS.getFirst());
        Fields holder = spec.optionalMapping("credentials");
        String credentials = null;
        if (holder != null) {
            Fields reference = holder.mapping("secretRef");
            credentials = reference.text("name", Syntax.SECRET_PART, "letters, digits, ., _ and -");
            reference.end();
            holder.end();
        }
        SecretRef webhook = spec.optionalSecret("webhook", "secret");
        spec.end();
        return spec.inspection().failed() ? null : new Repository(key, url, provider, credentials, webhook);
    }

    static @Nullable Definition source(DefinitionKey key, Fields spec) {
        Fields verify = spec.mapping("verify");
        Fields hmac = verify.optionalMapping("hmac");
        Fields bearer = verify.optionalMapping("bearer");
        if (verify.there() && (hmac == null) == (bearer == null)) {
            spec.inspection().error(verify.path(), "expected either hmac or bearer: nothing is accepted unverified");
        }
        Verification verification = null;
        if (hmac != null) {
            verification = hmac(hmac);
        } else if (bearer != null) {
            verification = new Verification.Bearer(bearer.secretRef("token"));
            bearer.end();
        }
        verify.end();
        spec.end();
        return spec.inspection().failed() || verification == null ? null : new Source(key, verification);
    }

    private static Verification hmac(Fields hmac) {
        SecretRef secret = hmac.secretRef("secret");
        String header = hmac.text("header", Syntax.HEADER, "the name of a header such as X-Signature-256");
        String algorithm = hmac.oneOf("algorithm", List.of("sha256", "sha512"), "sha256");
        String prefix =
                hmac.value("prefix") == null || hmac.value("prefix").asText().isEmpty() ? "" : hmac.text("prefix");
        String encoding = hmac.oneOf("encoding", List.of("hex", "base64"), "hex");
        hmac.end();
        return new Verification.Hmac(secret, header.toLowerCase(Locale.ROOT), algorithm, prefix, encoding);
    }

    static @Nullable Definition jenkins(DefinitionKey key, Fields spec) {
        String url = spec.checked("url", Syntax::wrongWithHttpUrl);
        String user = spec.text("user");
        SecretRef token = spec.secret("token", "token");
        spec.end();
        return spec.inspection().failed() ? null : new JenkinsServer(key, url, user, token);
    }

    static @Nullable Definition slack(DefinitionKey key, Fields spec) {
        SecretRef token = spec.optionalSecret("token", "token");
        SecretRef webhook = spec.optionalSecret("webhook", "webhook");
        if (spec.there() && (token == null) == (webhook == null)) {
            spec.inspection().error(spec.path(), "expected either token (of a bot) or webhook (an incoming one)");
        }
        String apiUrl = spec.has("apiUrl") ? spec.checked("apiUrl", Syntax::wrongWithHttpUrl) : null;
        spec.end();
        return spec.inspection().failed()
                ? null
                : new SlackWorkspace(key, token, webhook, requireNonNullElse(apiUrl, SlackWorkspace.DEFAULT_API_URL));
    }
}
