package dev.tiphys.gateway.sender;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.Limits;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.proof.Proof;
import dev.tiphys.platform.expression.Expressions;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** The one place that knows which sender is verified and understood by what. */
public final class Senders {
    /** One row for each Git server: its proof and its mapper. */
    private static final Map<String, GitServer> GIT_SERVERS = Map.of(
            "github", new GitServer(Proof::ofGitHub, GitHubMapper::new),
            "gitlab", new GitServer(Proof::ofGitLab, GitLabMapper::new),
            "bitbucket", new GitServer(Proof::ofBitbucket, BitbucketMapper::new),
            "bitbucket-server", new GitServer(Proof::ofBitbucket, BitbucketServerMapper::new),
            "gitea", new GitServer(Proof::ofGitea, GiteaMapper::new),
            "forgejo", new GitServer(Proof::ofForgejo, GiteaMapper::new),
            "azure-devops", new GitServer(Proof::ofAzureDevOps, AzureDevOpsMapper::new));

    /** One row for each other sender; its proof is in its definition. */
    private static final Map<String, Mapper> OTHERS = Map.ofEntries(
            Map.entry(Source.GENERIC, new SourceMapper()),
            Map.entry("harbor", new HarborMapper()),
            Map.entry("nexus", new NexusMapper()),
            Map.entry("artifactory", new ArtifactoryMapper()),
            Map.entry("azure-container-registry", new AzureContainerRegistryMapper()),
            Map.entry("docker-hub", new DockerHubMapper()),
            Map.entry("quay", new QuayMapper()),
            Map.entry("slack", new SlackMapper()),
            Map.entry("sns", new SnsMapper()),
            Map.entry("standard-webhooks", new SourceMapper()),
            Map.entry("stripe", new StripeMapper()));

    private Senders() {}

    private record GitServer(Function<SecretRef, Proof> proof, Function<Repository, Mapper> mapper) {}

    /**
     * What the table is made with.
     *
     * @param openness whether endpoints that demand no proof are served
     * @param expressions for the filters of EventSources
     */
    public record Terms(Proof.Openness openness, Expressions expressions) {}

    /**
     * {@return the endpoints of all definitions that have one, by name} One that cannot be made is closed and says why; the
     * others are served.
     */
    public static Map<String, Endpoint> table(Collection<? extends Definition> definitions, Terms terms) {
        Map<String, Endpoint> table = new HashMap<>();
        for (EventSource source : Definition.ofKind(definitions, EventSource.class)) {
            table.putAll(ArgoHooks.endpoints(source, terms));
        }
        for (Source source : Definition.ofKind(definitions, Source.class)) {
            table.put(source.name(), made(source.name(), source.name(), source.sender(), () -> of(source, terms)));
        }
        for (Repository repository : Definition.ofKind(definitions, Repository.class)) {
            SecretRef webhook = repository.webhook();
            if (webhook != null) {
                table.put(
                        repository.name(),
                        made(
                                repository.name(),
                                repository.name(),
                                repository.provider(),
                                () -> of(repository, webhook)));
            }
        }
        return Map.copyOf(table);
    }

    /** {@return the endpoint, or one in its place that refuses every delivery and tells whoever runs the gateway why} */
    static Endpoint made(String name, String owner, String sender, Supplier<Endpoint> making) {
        try {
            return making.get();
        } catch (RuntimeException e) {
            Proof nobodys = Proof.none("its definition cannot be served: " + e.getMessage());
            return new Endpoint(
                    name,
                    owner,
                    sender,
                    nobodys.credentials(),
                    nobodys.verifier(),
                    new SourceMapper(),
                    Endpoint.POST,
                    Limits.NONE);
        }
    }

    /** {@return every sender that is known by name} */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(GIT_SERVERS.keySet());
        names.addAll(OTHERS.keySet());
        return names;
    }

    private static Endpoint of(Repository repository, SecretRef webhook) {
        GitServer server = GIT_SERVERS.get(repository.provider());
        if (server == null) {
            throw new IllegalArgumentException("there is no sender " + repository.provider());
        }
        Proof proof = server.proof().apply(webhook);
        return new Endpoint(
                repository.name(),
                repository.name(),
                repository.provider(),
                proof.credentials(),
                proof.verifier(),
                server.mapper().apply(repository),
                Endpoint.POST,
                repository.limits());
    }

    private static Endpoint of(Source source, Terms terms) {
        Mapper mapper = OTHERS.get(source.sender());
        if (mapper == null) {
            throw new IllegalArgumentException("there is no sender " + source.sender());
        }
        Proof proof = Proof.of(source.verification(), terms.openness());
        return new Endpoint(
                source.name(),
                source.name(),
                source.sender(),
                proof.credentials(),
                proof.verifier(),
                mapper,
                Endpoint.POST,
                source.limits());
    }
}
