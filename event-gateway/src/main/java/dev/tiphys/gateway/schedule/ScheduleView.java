package dev.tiphys.gateway.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as answers show it.
 *
 * @param owner the pipeline's name; of a calendar the EventSource's and the event's
 * @param missed {@code skip}, {@code latest} or {@code all}
 * @param lastTick the scheduled time of the last tick that was fired; null if none was
 * @param nextTick when the next one happens, put off as it is; null if there is none
 * @param state {@code waiting}, {@code late}, {@code over} if there is no next tick, or {@code broken}
 * @param reason why it is late or broken; null if it is not
 */
public record ScheduleView(
        String owner,
        String kind,
        String cron,
        String timeZone,
        String missed,
        @Nullable Instant lastTick,
        @Nullable Instant nextTick,
        String state,
        @Nullable String reason) {}
