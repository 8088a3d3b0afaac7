package dev.tiphys.gateway.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a verified delivery says: one implementation for each sender. Total: any JSON of any form gives an answer. */
public interface Mapper {

    /** {@return the sender's own id of the delivery, the same when it is delivered again; empty if it gives none} */
    Optional<String> delivery(Delivery delivery);

    /** {@return what the delivery is about} */
    Meaning meaning(Delivery delivery, JsonNode body);

    /** What a delivery is about. */
    sealed interface Meaning {
        /** Something happened; {@code git} is null if it is not about Git. */
        record Happened(String type, @Nullable GitChange git) implements Meaning {}

        /** Nothing that anybody here wants to know. */
        record Nothing(String reason) implements Meaning {}

        /** It is not let in. */
        record Refused(Refusal refusal, String reason) implements Meaning {}
    }
}
