package dev.tiphys.engine.trigger;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers events and what was decided about them. Thread-safe; durable when a method returns. */
public interface EventLog {

    /** {@return whether all was decided about this event before} */
    boolean isDecided(String event);

    /** Remembers an event with all that was decided; what was decided first stays. */
    void decided(CloudEvent<ExternalEvent> event, List<Ruling> rulings, Instant at);

    /**
     * Remembers an event about which not all can be decided yet.
     *
     * @param rulings what is decided, and why the rest is not
     * @param again when to try next
     */
    void undecided(CloudEvent<ExternalEvent> event, List<Ruling> rulings, int attempts, Instant again);

    /**
     * Takes events whose next try is due, so that nobody else tries them before {@code taken}: at most one of each
     * repository.
     *
     * @param busy repositories of which none is taken
     * @return the oldest first
     */
    List<Pending> take(Instant due, Instant taken, int limit, Collection<String> busy);

    /** An event about which not all is decided, and how often that was tried. */
    record Pending(
            CloudEvent<ExternalEvent> event,
            int attempts,
            @Nullable String waits) {}
}
