package dev.tiphys.gateway.intake;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something from outside that becomes events, all or none of them new.
 *
 * @param events in the order in which they are written; what is deduplicated is the id of the first
 */
public record Arrival(List<Outgoing> events) {
    public Arrival {
        events = List.copyOf(events);
        if (events.isEmpty()) {
            throw new IllegalArgumentException("an arrival has at least one event");
        }
    }

    /** {@return an arrival of one event} */
    public static Arrival of(String topicKey, CloudEvent<ExternalEvent> event) {
        return new Arrival(List.of(new Outgoing(topicKey, event, null)));
    }

    /** {@return the same below a span; itself if there is none} */
    public Arrival below(@Nullable String traceparent) {
        return traceparent == null
                ? this
                : new Arrival(events.stream()
                        .map(one -> new Outgoing(one.topicKey(), one.event().below(traceparent), one.body()))
                        .toList());
    }

    /** {@return what is the same when it arrives again} */
    public String key() {
        return events.getFirst().event().id();
    }

    /**
     * An event on its way.
     *
     * @param topicKey what the topic keeps in order: a repository, a source, or a queue and its message group
     * @param body the bytes of the event's body as they came, UTF-8 JSON, which are written instead of the tree; null to
     *     write the tree. Not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and large.
    public record Outgoing(String topicKey, CloudEvent<ExternalEvent> event, byte @Nullable [] body) {}
}
