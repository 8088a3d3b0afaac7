package dev.tiphys.gateway.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import java.net.URI;
import java.util.List;

/** What a delivery comes to. */
public sealed interface Verdict {

    /**
     * It becomes events; it is answered when the broker has them.
     *
     * @param deliveryId the sender's id of it, or the digest of its body
     * @param events at least one
     * @param untouched whether each event's body is the delivery's, as JSON, and its bytes can be written as they came
     * @param secret which of the endpoint's secrets had signed it: 0 the present one, 1 the previous one
     */
    record Accepted(String deliveryId, List<CloudEvent<ExternalEvent>> events, boolean untouched, int secret)
            implements Verdict {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    /** It is genuine and about nothing that anybody here wants to know. Senders are told that all is well. */
    record Irrelevant(String reason, int secret) implements Verdict {}

    /** It is genuine and wants an answer of its own. */
    record Challenged(JsonNode answer, int secret) implements Verdict {}

    /** It is genuine, and its sender is told that it may send, by a GET of this address. */
    record Invited(URI accept, int secret) implements Verdict {}

    /** It is not let in. */
    record Rejected(Refusal refusal, String reason) implements Verdict {}

    /** Why something is not let in. */
    enum Refusal {
        /** Nothing proves who sent it. */
        UNVERIFIED,
        /** It is genuine and cannot be understood. */
        MALFORMED,
        /** It is genuine and about a repository or topic that this endpoint does not belong to. */
        FOREIGN
    }
}
