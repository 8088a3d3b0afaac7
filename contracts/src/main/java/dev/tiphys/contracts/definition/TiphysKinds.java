package dev.tiphys.contracts.definition;

import static java.util.Objects.requireNonNullElse;

import dev.tiphys.contracts.definition.Definition.JenkinsServer;
import dev.tiphys.contracts.definition.Definition.SlackWorkspace;
import org.jspecify.annotations.Nullable;

/** Reads the smallest kinds of {@code tiphys.dev/v1}. Each method answers null if something is wrong, which is reported. */
final class TiphysKinds {
    private TiphysKinds() {}

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
