package dev.tiphys.engine.trigger.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.trigger.Arrivals;
import dev.tiphys.engine.trigger.EventViews;
import dev.tiphys.engine.trigger.EventViews.EventView;
import dev.tiphys.engine.trigger.Ruling;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
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
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.jspecify.annotations.Nullable;

/** Events, and what was decided about each. */
@Singleton
@Path("/api/events")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
final class EventResource {
    private static final int LARGEST_PAGE = 200;

    private final EventViews views;
    private final Arrivals arrivals;
    private final Libraries libraries;

    EventResource(EventViews views, Arrivals arrivals, Libraries libraries) {
        this.views = views;
        this.arrivals = arrivals;
        this.libraries = libraries;
    }

    /** The decisions about an event. */
    record Trace(String event, List<Ruling> decisions) {}

    @GET
    @Operation(summary = "The newest events first")
    public Page<EventView> list(
            @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", defaultValue = "50"))
                    @QueryParam("limit")
                    @DefaultValue("50")
                    String limit,
            @QueryParam("after") @Nullable String after) {
        int size = Page.size(limit, LARGEST_PAGE);
        if (after != null && views.find(after).isEmpty()) {
            throw ProblemException.badRequest(
                    "after must be the id of an event, as next of a page gives it; there is no event " + after);
        }
        List<EventView> found = views.list(size + 1, after);
        List<EventView> items = found.stream().limit(size).toList();
        return new Page<>(items, found.size() > size ? items.getLast().id() : null);
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "An event as it came, with what it means for Git")
    public EventView get(@PathParam("id") String id) {
        return views.find(id).orElseThrow(() -> missing(id));
    }

    @GET
    @Path("/{id}/trace")
    @Operation(summary = "What each pipeline decided about an event, and why")
    public Trace trace(@PathParam("id") String id) {
        return new Trace(id, views.trace(id).orElseThrow(() -> missing(id)));
    }

    @POST
    @Path("/{id}/trace")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "What would be decided about an event today; starts nothing",
            description =
                    "The body is YAML with definitions that are taken instead of those of the same kind and name, or"
                            + " nothing.")
    @RequestBody(content = @Content(mediaType = "application/yaml", schema = @Schema(type = SchemaType.STRING)))
    public Trace trial(@PathParam("id") String id, byte[] yaml) {
        CloudEvent<ExternalEvent> event = views.whole(id).orElseThrow(() -> missing(id));
        return new Trace(id, arrivals.trial(event, Trials.library(libraries.now(), new String(yaml, UTF_8))));
    }

    private static ProblemException missing(String id) {
        return ProblemException.notFound(
                "no event " + id + " was decided about; if it was accepted just now, ask again in a moment");
    }
}
