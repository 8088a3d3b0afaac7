package dev.tiphys.gateway.definitions.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.gateway.definitions.DefinitionChange;
import dev.tiphys.gateway.definitions.DefinitionDesk;
import dev.tiphys.gateway.definitions.DefinitionPlan.Outcome;
import dev.tiphys.gateway.definitions.DefinitionStore.StoreUnavailable;
import dev.tiphys.gateway.definitions.FileSet;
import dev.tiphys.gateway.definitions.Problems;
import dev.tiphys.platform.http.Actor;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Puts definitions in, shows them, and takes them out. */
@Singleton
@Path("/api/definitions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "definitions")
@RunOnVirtualThread
final class DefinitionsResource {
    private static final int LONGEST_NAME = 500;
    private static final Duration COME_AGAIN = Duration.ofSeconds(2);

    private final DefinitionDesk desk;
    private final Problems problems;

    DefinitionsResource(DefinitionDesk desk, Problems problems) {
        this.desk = desk;
        this.problems = problems;
    }

    /** A list of definitions, as they were written. */
    record Documents(List<JsonNode> items) {}

    /** A list of findings. */
    record Findings(List<Finding> items) {}

    /** What names a definition. */
    record Named(String kind, String namespace, String name) {
        static Named of(DefinitionKey key) {
            return new Named(key.kind(), key.namespace(), key.name());
        }
    }

    /** What became of a text. */
    record Applied(
            boolean dryRun,
            List<Named> created,
            List<Named> updated,
            List<Named> unchanged,
            List<Named> deleted,
            List<Finding> warnings) {
        static Applied of(DefinitionChange change, boolean dryRun) {
            return new Applied(
                    dryRun,
                    named(change.created()),
                    named(change.updated()),
                    named(change.unchanged()),
                    change.deleted().stream().map(Named::of).toList(),
                    change.warnings());
        }

        private static List<Named> named(List<StoredDefinition> stored) {
            return stored.stream().map(one -> Named.of(one.key())).toList();
        }
    }

    @PUT
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Applies definitions, all or nothing",
            description =
                    "YAML with any number of documents, or JSON. dryRun only checks. With from, the text is the whole"
                            + " of a set of that name: what was applied from there before and is not in it is deleted.")
    public Applied apply(
            byte[] text,
            @QueryParam("file") @Nullable String file,
            @QueryParam("dryRun") boolean dryRun,
            @QueryParam("from") @Nullable String from,
            @Context HttpHeaders headers)
            throws InterruptedException {
        if (from != null && from.length() > LONGEST_NAME) {
            throw ProblemException.badRequest("from has up to " + LONGEST_NAME + " signs");
        }
        List<DefinitionReader.Reading> readings = List.of(DefinitionReader.read(file, new String(text, UTF_8)));
        FileSet set = from == null || from.isBlank() ? null : new FileSet(from, /* whole= */ true);
        String actor = Actor.of(headers).name();
        Outcome outcome = dryRun ? desk.check(readings, set) : written(() -> desk.apply(readings, set, actor));
        return switch (outcome) {
            case Outcome.Possible(var change) -> Applied.of(change, dryRun);
            case Outcome.Refused(var findings) ->
                throw ProblemException.unprocessable("nothing was changed: " + summary(findings), findings);
        };
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, YamlWriter.YAML, YamlWriter.TEXT_YAML})
    @Operation(summary = "All definitions")
    public Documents all() {
        return new Documents(desk.all().stream().map(StoredDefinition::document).toList());
    }

    @GET
    @Path("/problems")
    @Operation(summary = "What is wrong with the definitions of directories")
    public Findings problems() {
        return new Findings(problems.all());
    }

    @GET
    @Path("/{kind}")
    @Produces({MediaType.APPLICATION_JSON, YamlWriter.YAML, YamlWriter.TEXT_YAML})
    @Operation(summary = "The definitions of a kind")
    public Documents ofKind(@PathParam("kind") String kind) {
        return new Documents(desk.all().stream()
                .filter(stored -> stored.kind().equalsIgnoreCase(kind))
                .map(StoredDefinition::document)
                .toList());
    }

    @GET
    @Path("/{kind}/{name}")
    @Produces({MediaType.APPLICATION_JSON, YamlWriter.YAML, YamlWriter.TEXT_YAML})
    @Operation(summary = "A definition, as it was written")
    public JsonNode one(@PathParam("kind") String kind, @PathParam("name") String name) {
        return desk.find(kind, name).map(StoredDefinition::document).orElseThrow(() -> notThere(kind, name));
    }

    @DELETE
    @Path("/{kind}/{name}")
    @Operation(summary = "Deletes a definition; refused while others name it, unless force is true")
    public Response delete(
            @PathParam("kind") String kind,
            @PathParam("name") String name,
            @QueryParam("force") boolean force,
            @Context HttpHeaders headers)
            throws InterruptedException {
        String actor = Actor.of(headers).name();
        return switch (written(() -> desk.delete(kind, name, force, actor))) {
            case DefinitionDesk.Deletion.Done() -> Response.noContent().build();
            case DefinitionDesk.Deletion.NotThere() -> throw notThere(kind, name);
            case DefinitionDesk.Deletion.StillNamed(var by) ->
                throw ProblemException.conflict(kind + " " + name + " is still named by "
                        + by.stream()
                                .map(reference -> reference.by().kind() + " "
                                        + reference.by().name() + " (" + reference.path() + ")")
                                .collect(Collectors.toCollection(TreeSet::new))
                                .stream()
                                .collect(Collectors.joining(", "))
                        + "; delete it with force=true if that is meant");
        };
    }

    /** Something that writes. */
    private interface Writing<T> {
        T run() throws InterruptedException;
    }

    private static <T> T written(Writing<T> writing) throws InterruptedException {
        try {
            return writing.run();
        } catch (StoreUnavailable e) {
            throw ProblemException.unavailable(String.valueOf(e.getMessage()), COME_AGAIN);
        }
    }

    private static ProblemException notThere(String kind, String name) {
        return ProblemException.notFound("there is no " + kind + " " + name);
    }

    private static String summary(List<Finding> findings) {
        List<Finding> errors = findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                .toList();
        String more = errors.size() > 1 ? ", and " + (errors.size() - 1) + " more" : "";
        return errors.getFirst().text() + more;
    }
}
