package dev.tiphys.gateway.queue;

import dev.tiphys.gateway.intake.Arrival;
import org.jspecify.annotations.Nullable;

/** What a message comes to. */
public sealed interface Judgement {

    /** It becomes an event. */
    record Accepted(Arrival arrival) implements Judgement {
        /** {@return the same below a span; itself if there is none} */
        Accepted below(@Nullable String traceparent) {
            return new Accepted(arrival.below(traceparent));
        }

        String deliveryId() {
            return arrival.events().getFirst().event().data().delivery();
        }

        String type() {
            return arrival.events().getFirst().event().data().type();
        }
    }

    /** It cannot become an event, however often it is tried with this definition. */
    record Poison(String reason) implements Judgement {}

    /** It is about nothing that anybody here wants to know. */
    record Irrelevant(String reason) implements Judgement {}
}
