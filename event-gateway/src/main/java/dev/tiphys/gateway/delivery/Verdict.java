package dev.tiphys.gateway.delivery;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;

/** What a delivery comes to. */
public sealed interface Verdict {

    /**
     * It becomes an event; it is answered when the broker has it.
     *
     * @param secret which of the endpoint's secrets had signed it: 0 the present one, 1 the previous one
     */
    record Accepted(CloudEvent<ExternalEvent> event, int secret) implements Verdict {}

    /** It is genuine and about nothing that anybody here wants to know. Senders are told that all is well. */
    record Irrelevant(String reason) implements Verdict {}

    /** It is not let in. */
    record Rejected(Refusal refusal, String reason) implements Verdict {}

    /** Why something is not let in. */
    enum Refusal {
        /** Nothing proves who sent it. */
        UNVERIFIED,
        /** It is genuine and cannot be understood. */
        MALFORMED,
        /** It is genuine and about a repository that this endpoint does not belong to. */
        FOREIGN
    }
}
