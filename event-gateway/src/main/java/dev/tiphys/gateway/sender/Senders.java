package dev.tiphys.gateway.sender;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.definition.Verification;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Endpoint;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The one place that knows which sender is verified and understood by what. */
public final class Senders {
    private Senders() {}

    /** {@return the endpoints of all definitions that have one, by name} */
    public static Map<String, Endpoint> table(Collection<? extends Definition> definitions) {
        Map<String, Endpoint> table = new HashMap<>();
        for (Repository repository : Definition.ofKind(definitions, Repository.class)) {
            SecretRef webhook = repository.webhook();
            if (webhook != null) {
                table.put(repository.name(), of(repository, webhook));
            }
        }
        for (Source source : Definition.ofKind(definitions, Source.class)) {
            table.put(source.name(), of(source));
        }
        return Map.copyOf(table);
    }

    private static Endpoint of(Repository repository, SecretRef webhook) {
        // One row for each Git server: its scheme and its mapper.
        return switch (repository.provider()) {
            case "github" ->
                new Endpoint(
                        repository.name(),
                        repository.name(),
                        repository.provider(),
                        Credentials.Shared.of(webhook),
                        HmacVerifier.GITHUB,
                        new GitHubMapper(repository),
                        Endpoint.POST,
                        repository.limits());
            default -> throw new IllegalArgumentException("there is no sender " + repository.provider());
        };
    }

    private static Endpoint of(Source source) {
        return switch (source.verification()) {
            case Verification.Hmac(var secret, var header, var algorithm, var prefix, var encoding) ->
                new Endpoint(
                        source.name(),
                        source.name(),
                        source.sender(),
                        Credentials.Shared.of(secret),
                        new HmacVerifier(header, algorithm, prefix, encoding),
                        new SourceMapper(),
                        Endpoint.POST,
                        source.limits());
            case Verification.Bearer(var secret) ->
                new Endpoint(
                        source.name(),
                        source.name(),
                        source.sender(),
                        Credentials.Shared.of(secret),
                        new BearerVerifier(),
                        new SourceMapper(),
                        Endpoint.POST,
                        source.limits());
            case Verification.Token _,
                    Verification.Basic _,
                    Verification.InAddress _,
                    Verification.StandardWebhooks _,
                    Verification.Slack _,
                    Verification.Stripe _,
                    Verification.Oidc _,
                    Verification.Sns _,
                    Verification.Open _ -> throw new IllegalArgumentException("there is no such verifier yet");
        };
    }
}
