package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition.Recovery;
import dev.tiphys.contracts.definition.Definition.Repository;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a Repository. */
final class RepositoryForm {
    /** The Git servers whose deliveries are understood. */
    static final List<String> PROVIDERS =
            List.of("github", "gitlab", "bitbucket", "bitbucket-server", "gitea", "forgejo", "azure-devops");

    private static final List<String> LIST_DELIVERIES = List.of("github", "gitlab");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    private RepositoryForm() {}

    static @Nullable Definition repository(DefinitionKey key, Fields spec) {
        String url = spec.checked("url", Syntax::wrongWithGitUrl);
        String provider = spec.oneOf("provider", PROVIDERS, PROVIDERS.getFirst());
        String credentials = spec.optionalSecretName("credentials");
        SecretRef webhook = spec.optionalSecret("webhook", "secret");
        Limits limits = LimitsForm.limits(spec.optionalMapping("limits"));
        Fields holder = spec.optionalMapping("recovery");
        if (holder != null && webhook == null) {
            spec.inspection()
                    .error(holder.path(), "there is nothing to recover without a webhook: name its secret by webhook");
        }
        // What the URL and the provider are decides where the API is: nothing is told from wrong ones.
        boolean told = !spec.inspection().failed();
        Recovery recovery = holder == null ? null : recovery(holder, provider, told ? url : null);
        spec.end();
        return spec.inspection().failed()
                ? null
                : new Repository(key, url, provider, credentials, webhook, limits, recovery);
    }

    private static Recovery recovery(Fields recovery, String provider, @Nullable String url) {
        SecretRef token = recovery.secret("token", "token");
        String hook = hook(recovery);
        String apiUrl = "";
        if (recovery.has("apiUrl")) {
            apiUrl = recovery.checked("apiUrl", Syntax::wrongWithFixedUrl).replaceAll("/+$", "");
        }
        if (PROVIDERS.contains(provider) && !LIST_DELIVERIES.contains(provider)) {
            recovery.inspection()
                    .error(
                            recovery.path(),
                            "of the Git servers only " + String.join(" and ", LIST_DELIVERIES)
                                    + " list their deliveries; expected no recovery for " + provider);
        } else if (url != null && !recovery.has("apiUrl")) {
            apiUrl = apiUrl(recovery, provider, url);
        }
        recovery.end();
        return new Recovery(apiUrl, hook, token);
    }

    private static String apiUrl(Fields recovery, String provider, String url) {
        String host = GitUrl.host(url);
        if (host == null) {
            recovery.inspection()
                    .error(recovery.path(), "the field \"apiUrl\" is missing: the URL of the repository names no host");
            return "";
        }
        if (provider.equals("gitlab")) {
            return "https://" + host + "/api/v4";
        }
        return host.equalsIgnoreCase("github.com") ? "https://api.github.com" : "https://" + host + "/api/v3";
    }

    private static @Nullable String hook(Fields recovery) {
        JsonNode value = recovery.value("hook");
        if (value == null) {
            return null;
        }
        String hook = value.isIntegralNumber() || value.isTextual() ? value.asText() : "";
        if (!NUMBER.matcher(hook).matches()) {
            recovery.inspection()
                    .error(
                            recovery.path("hook"),
                            "expected the number of the webhook at the Git server, met " + Fields.met(value));
        }
        return hook;
    }
}
