package dev.tiphys.gateway.delivery;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.Definition.Verification;
import dev.tiphys.contracts.definition.SecretRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a sender delivers. {@link #table} is the one place that knows which sender is verified and understood by what.
 *
 * @param name the last part of its address
 * @param secrets the present secret, then the previous one
 */
public record Endpoint(String name, List<SecretRef> secrets, Verifier verifier, Mapper mapper) {
    private static final String PREVIOUS = "-previous";

    public Endpoint {
        secrets = List.copyOf(secrets);
    }

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
                new Endpoint(repository.name(), both(webhook), HmacVerifier.GITHUB, new GitHubMapper(repository));
            default -> throw new IllegalArgumentException("there is no sender " + repository.provider());
        };
    }

    private static Endpoint of(Source source) {
        return switch (source.verification()) {
            case Verification.Hmac(var secret, var header, var algorithm, var prefix, var encoding) ->
                new Endpoint(
                        source.name(),
                        both(secret),
                        new HmacVerifier(header, algorithm, prefix, encoding),
                        new SourceMapper());
            case Verification.Bearer(var token) ->
                new Endpoint(source.name(), both(token), new BearerVerifier(), new SourceMapper());
        };
    }

    private static List<SecretRef> both(SecretRef secret) {
        return List.of(secret, secret.withKey(secret.key() + PREVIOUS));
    }
}
