package dev.tiphys.gateway.schedule.http;

import dev.tiphys.gateway.schedule.Marks.MarksUnavailable;
import dev.tiphys.gateway.schedule.ScheduleView;
import dev.tiphys.gateway.schedule.Ticker;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The schedules. */
@Singleton
@Path("/api/schedules")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "schedules")
@RunOnVirtualThread
final class ScheduleResource {
    private static final Duration COME_AGAIN = Duration.ofSeconds(2);

    private final Ticker ticker;

    ScheduleResource(Ticker ticker) {
        this.ticker = ticker;
    }

    @GET
    @Operation(summary = "The schedules of pipelines and calendars, with their last and next ticks")
    public Page<ScheduleView> all() {
        try {
            return new Page<>(ticker.views(), null);
        } catch (MarksUnavailable e) {
            throw ProblemException.unavailable("the database does not answer", COME_AGAIN);
        }
    }
}
