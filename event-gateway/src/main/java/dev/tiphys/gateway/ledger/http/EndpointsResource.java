package dev.tiphys.gateway.ledger.http;

import dev.tiphys.contracts.definition.Limits;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.EndpointSecrets;
import dev.tiphys.gateway.ledger.LedgerUnavailable;
import dev.tiphys.gateway.ledger.SecretUse;
import dev.tiphys.gateway.ledger.SecretUse.Generation;
import dev.tiphys.gateway.ledger.SecretUses;
import dev.tiphys.gateway.sender.Senders;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Shows where senders deliver, and how it stands with their secrets; never a value. */
@Singleton
@Path("/api/endpoints")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "endpoints")
@RunOnVirtualThread
final class EndpointsResource {
    private static final Duration COME_AGAIN = Duration.ofSeconds(5);

    private final Senders.Terms terms;
    private final Definitions definitions;
    private final EndpointSecrets secrets;
    private final SecretUse use;
    private final SecretUses uses;

    EndpointsResource(
            Senders.Terms terms, Definitions definitions, EndpointSecrets secrets, SecretUse use, SecretUses uses) {
        this.terms = terms;
        this.definitions = definitions;
        this.secrets = secrets;
        this.use = use;
        this.uses = uses;
    }

    /**
     * Where a sender delivers.
     *
     * @param owner the definition that it is of
     * @param proof {@code shared secret}, {@code published keys} or {@code none}
     * @param limits what is not said is as the gateway is configured
     * @param trouble why the secrets cannot be told; null if they can
     */
    record EndpointView(
            String name,
            String address,
            String sender,
            String owner,
            List<String> methods,
            String proof,
            Limits limits,
            List<SecretView> secrets,
            @Nullable String trouble) {}

    /**
     * A generation of a secret.
     *
     * @param generation {@code present} or {@code previous}
     * @param secret the reference, {@code name/key}
     * @param there whether it has a value
     * @param since since when this value is there, or none is; null if not yet noted
     * @param neverUsed whether there is a value that has signed nothing yet
     */
    record SecretView(
            String generation,
            String secret,
            boolean there,
            @Nullable Instant since,
            @Nullable Instant lastUsedAt,
            boolean neverUsed) {}

    @GET
    @Operation(summary = "Where senders deliver, and how it stands with their secrets")
    public Page<EndpointView> list() {
        Map<Generation, SecretUse.Known> known = known();
        return new Page<>(
                Senders.table(definitions.current().all(), terms).values().stream()
                        .sorted(Comparator.comparing(Endpoint::name))
                        .map(endpoint -> view(endpoint, known))
                        .toList(),
                null);
    }

    @GET
    @Path("/{name: .+}")
    @Operation(summary = "Where a sender delivers, and how it stands with its secrets")
    public EndpointView get(@PathParam("name") String name) {
        Map<String, Endpoint> table = Senders.table(definitions.current().all(), terms);
        Endpoint endpoint = Optional.ofNullable(table.get(name))
                .orElseThrow(() -> ProblemException.notFound("there is no endpoint " + name + "; there are "
                        + (table.isEmpty() ? "none" : String.join(", ", new TreeSet<>(table.keySet())))));
        return view(endpoint, known());
    }

    private Map<Generation, SecretUse.Known> known() {
        try {
            return uses.all().stream().collect(Collectors.toMap(SecretUse.Known::generation, Function.identity()));
        } catch (LedgerUnavailable _) {
            throw ProblemException.unavailable("the ledger's database cannot be reached", COME_AGAIN);
        }
    }

    private EndpointView view(Endpoint endpoint, Map<Generation, SecretUse.Known> known) {
        return switch (endpoint.credentials()) {
            case Credentials.Shared(var refs) -> shared(endpoint, refs, known);
            case Credentials.Published _ -> view(endpoint, "published keys", List.of(), null);
            case Credentials.Closed(var reason) -> view(endpoint, "closed", List.of(), reason);
            case Credentials.None _ -> view(endpoint, "none", List.of(), null);
        };
    }

    private EndpointView shared(Endpoint endpoint, List<SecretRef> refs, Map<Generation, SecretUse.Known> known) {
        try {
            List<byte[]> values = secrets.values(endpoint);
            List<SecretView> views = new ArrayList<>();
            for (int number = 0; number < refs.size(); number++) {
                views.add(secret(endpoint.name(), number, refs.get(number), values.get(number).length > 0, known));
            }
            return view(endpoint, "shared secret", views, null);
        } catch (UncheckedIOException e) {
            return view(endpoint, "shared secret", List.of(), e.getMessage());
        }
    }

    private SecretView secret(
            String endpoint, int number, SecretRef ref, boolean there, Map<Generation, SecretUse.Known> all) {
        Generation generation = new Generation(endpoint, number);
        Optional<SecretUse.Known> known = use.newest(generation, Optional.ofNullable(all.get(generation)));
        Instant lastUsed = known.map(SecretUse.Known::lastUsedAt).orElse(null);
        return new SecretView(
                Generations.word(number),
                ref.name() + "/" + ref.key(),
                there,
                known.map(SecretUse.Known::since).orElse(null),
                there ? lastUsed : null,
                there && lastUsed == null);
    }

    private static EndpointView view(
            Endpoint endpoint, String proof, List<SecretView> secrets, @Nullable String trouble) {
        return new EndpointView(
                endpoint.name(),
                "/hooks/" + endpoint.name(),
                endpoint.sender(),
                endpoint.owner(),
                endpoint.methods().stream().sorted().toList(),
                proof,
                endpoint.limits(),
                secrets,
                trouble);
    }
}
