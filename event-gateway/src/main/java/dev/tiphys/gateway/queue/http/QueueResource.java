package dev.tiphys.gateway.queue.http;

import dev.tiphys.gateway.queue.QueueWatch.Status;
import dev.tiphys.gateway.queue.QueueWatches;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** How the reading of queues goes. */
@Singleton
@Path("/api/queues")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queues")
final class QueueResource {
    private final QueueWatches watches;

    QueueResource(QueueWatches watches) {
        this.watches = watches;
    }

    /** How it goes with one queue, in this process. */
    record QueueView(
            String name,
            String transport,
            String state,
            @Nullable String reason,
            Instant since,
            int inFlight,
            @Nullable Instant lastMessageAt,
            Map<String, Long> counts) {
        static QueueView of(Status status) {
            return new QueueView(
                    status.name(),
                    status.transport(),
                    status.state().name().toLowerCase(Locale.ROOT),
                    status.reason(),
                    status.since(),
                    status.inFlight(),
                    status.lastMessageAt(),
                    status.counts());
        }
    }

    @GET
    @Operation(summary = "The queues that are read, and how that goes in the process that answers")
    public Page<QueueView> list() {
        return new Page<>(watches.all().stream().map(QueueView::of).toList(), null);
    }

    @GET
    @Path("/{name:.+}")
    @Operation(summary = "How the reading of one queue goes")
    public QueueView get(@PathParam("name") String name) {
        return watches.all().stream()
                .filter(status -> status.name().equals(name))
                .findFirst()
                .map(QueueView::of)
                .orElseThrow(() -> ProblemException.notFound("there is no queue " + name));
    }
}
