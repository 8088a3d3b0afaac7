package dev.tiphys.notifier.delivery.http;

import dev.tiphys.notifier.delivery.EntryState;
import dev.tiphys.notifier.delivery.LedgerUnavailable;
import dev.tiphys.notifier.delivery.Notification;
import dev.tiphys.notifier.delivery.Notifications;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Answers "why was I told, or not?". */
@Path("/api/notifications")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
final class NotificationsResource {
    private static final int MOST = 500;

    private final Notifications notifications;

    NotificationsResource(Notifications notifications) {
        this.notifications = notifications;
    }

    /** Lists what was sent, suppressed or refused, newest first. */
    @GET
    @RunOnVirtualThread
    @Operation(summary = "What was sent, suppressed or refused, and why")
    public Page<Notification> list(
            @QueryParam("run") @Nullable String run,
            @QueryParam("state") @Nullable String state,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("100") int limit) {
        if (limit < 1 || limit > MOST) {
            throw ProblemException.badRequest("limit must be 1 to " + MOST);
        }
        try {
            List<Notification> found = notifications.list(run, state(state), below(after), limit + 1);
            boolean isMore = found.size() > limit;
            List<Notification> page = isMore ? found.subList(0, limit) : found;
            return new Page<>(page, isMore ? Long.toString(page.getLast().id()) : null);
        } catch (LedgerUnavailable _) {
            throw ProblemException.unavailable("the ledger's database cannot be reached", Duration.ofSeconds(5));
        }
    }

    private static @Nullable EntryState state(@Nullable String word) {
        if (word == null) {
            return null;
        }
        try {
            return EntryState.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw ProblemException.badRequest(
                    "state must be one of planned, sending, sent, suppressed, refused, unknown");
        }
    }

    private static @Nullable Long below(@Nullable String after) {
        if (after == null) {
            return null;
        }
        if (!after.matches("\\d{1,18}")) {
            throw ProblemException.badRequest("after takes what next gave");
        }
        return Long.valueOf(after);
    }
}
