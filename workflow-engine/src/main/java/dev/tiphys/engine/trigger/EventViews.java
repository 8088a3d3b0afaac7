package dev.tiphys.engine.trigger;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at events and what was decided about them. Thread-safe. */
public interface EventViews {

    /** An event as answers show it; {@code decidedAt} is null while something about it is undecided. */
    record EventView(
            String id,
            Instant arrivedAt,
            String endpoint,
            String type,
            @Nullable String repository,
            @Nullable String revision,
            @Nullable String ref,
            @Nullable String author,
            @Nullable Instant decidedAt) {}

    /** {@return the event} */
    Optional<EventView> find(String event);

    /**
     * {@return events, the newest first}
     *
     * @param after the id of the last event of the page before; null for the first page
     */
    List<EventView> list(int limit, @Nullable String after);

    /** {@return the event as it is on the log} */
    Optional<CloudEvent<ExternalEvent>> whole(String event);

    /** {@return what was decided, by pipeline; empty if there is no such event} */
    Optional<List<Ruling>> trace(String event);
}
