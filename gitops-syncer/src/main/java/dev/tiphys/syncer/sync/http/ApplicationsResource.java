package dev.tiphys.syncer.sync.http;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.platform.http.Actor;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import dev.tiphys.syncer.sync.ApplicationStore.StoreUnavailable;
import dev.tiphys.syncer.sync.Applications;
import dev.tiphys.syncer.sync.Decision;
import dev.tiphys.syncer.sync.Operation;
import dev.tiphys.syncer.sync.SyncInput;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Applications: their status, and what people can ask of them. */
@Path("/api/applications")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Singleton
final class ApplicationsResource {
    private static final int LARGEST_PAGE = 500;

    /** What a person asks for and is not known here must not be left undone in silence. */
    private static final ObjectReader STRICT =
            Json.mapper().reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Applications applications;

    ApplicationsResource(Applications applications) {
        this.applications = applications;
    }

    /** What to sync to; nothing for what the application is held to or follows. */
    record SyncRequest(@Nullable String revision, @Nullable Boolean prune) {}

    /** Which deployment of the history. */
    record RollbackRequest(@Nullable Long id) {}

    /** The sync that was begun. */
    record Begun(@Nullable String operation) {}

    @GET
    @org.eclipse.microprofile.openapi.annotations.Operation(summary = "The applications with their status")
    public Page<ApplicationStatus> list(
            @QueryParam("after") @Nullable String after, @QueryParam("limit") @DefaultValue("100") int limit) {
        if (limit < 1 || limit > LARGEST_PAGE) {
            throw ProblemException.badRequest("limit must be from 1 to " + LARGEST_PAGE + ", was " + limit);
        }
        List<ApplicationStatus> items = answered(() -> applications.statuses(after, limit));
        return new Page<>(items, items.size() < limit ? null : items.getLast().name());
    }

    @GET
    @Path("{name}")
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "An application with its resources and its history")
    public ApplicationStatus get(@PathParam("name") String name) {
        return answered(() -> applications.status(name))
                .orElseThrow(() -> ProblemException.notFound("there is no application " + name));
    }

    @POST
    @Path("{name}/sync")
    @org.eclipse.microprofile.openapi.annotations.Operation(summary = "Syncs an application to a revision")
    @APIResponse(
            responseCode = "202",
            description = "The sync began; the status of the application tells how it goes on",
            content = @Content(schema = @Schema(implementation = Begun.class)))
    public Response sync(
            @PathParam("name") String name,
            @RequestBody(required = false, content = @Content(schema = @Schema(implementation = SyncRequest.class)))
                    @Nullable
                    JsonNode body,
            @Context HttpHeaders headers) {
        SyncRequest asked = read(body, SyncRequest.class);
        String actor = Actor.of(headers).name();
        return begun(name, new SyncInput.AskedByPerson(actor, asked.revision(), asked.prune()));
    }

    @POST
    @Path("{name}/rollback")
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Takes an application back to an entry of its history")
    @APIResponse(
            responseCode = "202",
            description = "The sync began; the status of the application tells how it goes on",
            content = @Content(schema = @Schema(implementation = Begun.class)))
    public Response rollback(
            @PathParam("name") String name,
            @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RollbackRequest.class)))
                    @Nullable
                    JsonNode body,
            @Context HttpHeaders headers) {
        RollbackRequest request = read(body, RollbackRequest.class);
        if (request.id() == null) {
            throw ProblemException.badRequest(
                    "the body must be {\"id\": N} with the id of a deployment in the history");
        }
        return begun(name, new SyncInput.RollbackAsked(Actor.of(headers).name(), request.id()));
    }

    /** No body is an empty one. */
    private static <T extends Record> T read(@Nullable JsonNode body, Class<T> type) {
        boolean none = body == null || body.isNull() || body.isMissingNode();
        try {
            return STRICT.forType(type).readValue(none ? Json.mapper().createObjectNode() : body);
        } catch (UnrecognizedPropertyException e) {
            throw ProblemException.badRequest("the body has the unknown field " + e.getPropertyName() + "; known here: "
                    + fields(type) + "; nothing was done");
        } catch (IOException e) {
            throw ProblemException.badRequest("the body must be a JSON object with the fields: " + fields(type));
        }
    }

    private static String fields(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.joining(", "));
    }

    private Response begun(String name, SyncInput input) {
        if (applications.catalog().application(name).isEmpty()) {
            throw ProblemException.notFound("there is no application " + name);
        }
        Decision decision = answered(() -> applications.handle(name, input));
        Decision.Refusal refusal = decision.refusal();
        if (refusal != null) {
            throw switch (refusal.why()) {
                case UNKNOWN -> ProblemException.notFound(refusal.detail());
                case DUPLICATE, STALE, NOT_ALLOWED -> ProblemException.conflict(refusal.detail());
            };
        }
        Operation operation = decision.next().operation();
        return Response.accepted(
                        new Begun(operation == null ? null : operation.id().value()))
                .build();
    }

    private static <T> T answered(Supplier<T> question) {
        try {
            return question.get();
        } catch (StoreUnavailable e) {
            throw ProblemException.unavailable("the database is away; try again", Duration.ofSeconds(2));
        }
    }
}
