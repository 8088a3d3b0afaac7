package dev.tiphys.gateway.queue.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.gateway.queue.Parked;
import dev.tiphys.gateway.queue.ParkingLot;
import dev.tiphys.gateway.queue.RedriveDesk;
import dev.tiphys.gateway.queue.RedriveDesk.Answer;
import dev.tiphys.platform.http.Actor;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Messages that could not become events: to look at, to send in again, to throw away. */
@Singleton
@Path("/api/parked")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queues")
@RunOnVirtualThread
final class ParkedResource {
    private static final int LARGEST_PAGE = 500;
    private static final Duration COME_AGAIN = Duration.ofSeconds(5);

    private final RedriveDesk desk;

    ParkedResource(RedriveDesk desk) {
        this.desk = desk;
    }

    /** A parked message without what it holds. */
    record ParkedView(
            String id,
            String queue,
            String message,
            @Nullable String group,
            String reason,
            int receives,
            long bytes,
            Instant sentAt,
            Instant parkedAt,
            @Nullable Instant redrivenAt,
            @Nullable String redrivenBy,
            @Nullable String event) {
        static ParkedView of(Parked parked) {
            return of(parked.listed(), parked.redriven());
        }

        static ParkedView of(Parked.Listed parked, Parked.@Nullable Redriven redriven) {
            return new ParkedView(
                    Long.toString(parked.id()),
                    parked.queue(),
                    parked.message(),
                    parked.group(),
                    parked.reason(),
                    parked.receives(),
                    parked.bytes(),
                    parked.sentAt(),
                    parked.parkedAt(),
                    redriven == null ? null : redriven.at(),
                    redriven == null ? null : redriven.by(),
                    redriven == null ? null : redriven.event());
        }
    }

    /** A parked message with what it holds: the body as JSON if it is JSON, else as text. */
    record ParkedMessage(
            ParkedView parked, Map<String, String> attributes, Map<String, String> headers, JsonNode body) {
        static ParkedMessage of(Parked parked) {
            Map<String, String> attributes =
                    new LinkedHashMap<>(parked.message().facts());
            parked.message().attributes().forEach((name, attribute) -> attributes.put(name, attribute.value()));
            byte[] body = parked.message().body();
            return new ParkedMessage(
                    ParkedView.of(parked),
                    attributes,
                    parked.message().headers(),
                    Json.exactTree(body).orElseGet(() -> TextNode.valueOf(new String(body, StandardCharsets.UTF_8))));
        }
    }

    @GET
    @Operation(summary = "The messages that are parked, the newest first")
    public Page<ParkedView> list(
            @QueryParam("queue") @Nullable String queue,
            @QueryParam("limit") @DefaultValue("50") int limit,
            @QueryParam("after") @Nullable String after) {
        int size = Math.clamp(limit, 1, LARGEST_PAGE);
        Long below = after == null ? null : number(after, "after takes what next gave");
        List<Parked.Listed> found = reachable(() -> desk.list(queue, below, size + 1));
        List<ParkedView> items =
                found.stream().limit(size).map(one -> ParkedView.of(one, null)).toList();
        return new Page<>(items, found.size() > size ? items.getLast().id() : null);
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "A parked message with what it holds")
    public ParkedMessage get(@PathParam("id") String id) {
        return reachable(() -> desk.find(known(id))).map(ParkedMessage::of).orElseThrow(() -> missing(id));
    }

    @POST
    @Path("/{id}/redrive")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Sends a parked message in again",
            description = "It is judged by today's definition of its queue, and becomes an event once.")
    public ParkedView redrive(@PathParam("id") String id, @Context HttpHeaders headers) throws InterruptedException {
        return answered(id, act(id, headers, desk::redrive));
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Throws a parked message away")
    public Response discard(@PathParam("id") String id, @Context HttpHeaders headers) throws InterruptedException {
        answered(id, act(id, headers, desk::discard));
        return Response.noContent().build();
    }

    /** Something that a person does about a parked message. */
    private interface Action {
        Answer by(long id, String actor) throws InterruptedException;
    }

    private Answer act(String id, HttpHeaders headers, Action action) throws InterruptedException {
        String actor = Actor.of(headers).name();
        try {
            return action.by(known(id), actor);
        } catch (ParkingLot.Unavailable e) {
            throw ProblemException.unavailable(String.valueOf(e.getMessage()), COME_AGAIN);
        }
    }

    private static ParkedView answered(String id, Answer answer) {
        return switch (answer) {
            case Answer.Done(var parked) -> ParkedView.of(parked);
            case Answer.Unknown() -> throw missing(id);
            case Answer.NotNow(var reason) -> throw ProblemException.conflict(reason);
            case Answer.StillPoison(var reason) ->
                throw ProblemException.unprocessable(
                        "parked message " + id + " still cannot become an event: " + reason, List.of());
            case Answer.Away(var reason) -> throw ProblemException.unavailable(reason, COME_AGAIN);
        };
    }

    private static <T> T reachable(Supplier<T> work) {
        try {
            return work.get();
        } catch (ParkingLot.Unavailable e) {
            throw ProblemException.unavailable(String.valueOf(e.getMessage()), COME_AGAIN);
        }
    }

    private static long known(String id) {
        if (!id.matches("\\d{1,18}")) {
            throw missing(id);
        }
        return Long.parseLong(id);
    }

    private static Long number(String text, String otherwise) {
        if (!text.matches("\\d{1,18}")) {
            throw ProblemException.badRequest(otherwise);
        }
        return Long.valueOf(text);
    }

    private static ProblemException missing(String id) {
        return ProblemException.notFound("there is no parked message " + id);
    }
}
