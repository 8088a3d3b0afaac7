package dev.tiphys.gateway.queue;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.Queue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue that is read, and what its messages become.
 *
 * @param endpoint the name of the Queue, or of the EventSource
 * @param event which of an EventSource's events it is; null for a Queue
 * @param deduplicateBy null for the message's own id
 * @param argo how an EventSource wants its payload; null for a Queue
 */
public record Subscription(
        String endpoint,
        @Nullable String event,
        Queue.Transport transport,
        @Nullable String deduplicateBy,
        int maxReceives,
        @Nullable Argo argo) {

    /**
     * The form of Argo's payloads.
     *
     * @param jsonBody whether the body is JSON; else it is Base64
     * @param filter a condition on the payload; null if there is none
     */
    public record Argo(boolean jsonBody, @Nullable String filter, Map<String, String> metadata) {
        public Argo {
            metadata = Map.copyOf(metadata);
        }
    }

    /** {@return what it is called where people see it: {@code name}, or {@code eventsource/event}} */
    public String name() {
        return event == null ? endpoint : endpoint + "/" + event;
    }

    /** {@return OpenTelemetry's word for where its messages come from} */
    public String system() {
        return switch (transport) {
            case Queue.Transport.Sqs _ -> "aws_sqs";
            case Queue.Transport.Kafka _ -> "kafka";
        };
    }

    /** {@return every queue that the definitions name, in their order} */
    public static List<Subscription> of(Collection<? extends Definition> definitions) {
        List<Subscription> all = new ArrayList<>();
        for (Queue queue : Definition.ofKind(definitions, Queue.class)) {
            all.add(new Subscription(
                    queue.name(), null, queue.transport(), queue.deduplicateBy(), queue.maxReceives(), null));
        }
        for (EventSource source : Definition.ofKind(definitions, EventSource.class)) {
            for (EventSource.Event event : source.events()) {
                if (event.input() instanceof EventSource.Input.Messages(var transport, var jsonBody)) {
                    Argo argo = new Argo(jsonBody, event.filter(), event.metadata());
                    all.add(new Subscription(
                            source.name(), event.name(), transport, null, Queue.DEFAULT_MAX_RECEIVES, argo));
                }
            }
        }
        return List.copyOf(all);
    }
}
