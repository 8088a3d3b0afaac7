package dev.tiphys.gateway.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a verified delivery says: one implementation for each sender. Total: any JSON of any form gives an answer. */
public interface Mapper {

    /** {@return what the body holds; empty if it is not what the sender sends} By default the body is JSON. */
    default Optional<JsonNode> read(Delivery delivery) {
        return Json.exactTree(delivery.body());
    }

    /** {@return whether {@link #read} is the default: then the body's own bytes are JSON} */
    default boolean isPlainJson() {
        return true;
    }

    /** Where a delivery's own body is found again, to be shown or judged once more. */
    enum Whole {
        /** A delivery that became one event is whole in it. */
        IN_ITS_EVENT,
        /** Events have parts of it only: the whole is kept beside the ledger. */
        BESIDE_THE_LEDGER,
        /** Events have parts of it only, and the rest may hold secrets. */
        NOWHERE
    }

    /** {@return where the bodies that it reads are found again} */
    default Whole whole() {
        return Whole.IN_ITS_EVENT;
    }

    /** {@return a body without what lets whoever reads it act for its sender; it means the same} */
    default byte[] harmless(byte[] body) {
        return body;
    }

    /** {@return what a body must be, for a person} */
    default String form() {
        return "JSON";
    }

    /** {@return whether the mapper reads bodies of this content type; null if none is given} */
    default boolean reads(@Nullable String contentType) {
        return Delivery.isJson(contentType);
    }

    /** {@return whether its sender takes us for AWS SNS, and understands only what that answers to {@code Publish}} */
    default boolean isPublishedTo() {
        return false;
    }

    /** {@return the sender's own id of the delivery, the same when it is delivered again; empty if it gives none} */
    Optional<String> delivery(Delivery delivery, JsonNode body);

    /** {@return what the delivery is about} */
    Meaning meaning(Delivery delivery, JsonNode body);

    /**
     * Something that happened.
     *
     * @param type what the sender calls it
     * @param name which of an EventSource's events it is; null elsewhere
     * @param git the change; null if it is not about Git
     * @param body what the event carries as its body; null for the delivery's own
     */
    record Happening(
            String type,
            @Nullable String name,
            @Nullable GitChange git,
            @Nullable JsonNode body) {
        /** {@return something that happened, with the delivery as its body} */
        public static Happening of(String type, @Nullable GitChange git) {
            return new Happening(type, null, git, null);
        }
    }

    /** What a delivery is about. */
    sealed interface Meaning {
        /** Something happened, or several things: an event for each, in this order. */
        record Happened(List<Happening> happenings) implements Meaning {
            public Happened {
                happenings = List.copyOf(happenings);
                if (happenings.isEmpty()) {
                    throw new IllegalArgumentException("if nothing happened, say Nothing");
                }
            }

            /** {@return that one thing happened} */
            public static Happened one(String type, @Nullable GitChange git) {
                return new Happened(List.of(Happening.of(type, git)));
            }
        }

        /** Nothing that anybody here wants to know. */
        record Nothing(String reason) implements Meaning {}

        /** It is not let in. */
        record Refused(Refusal refusal, String reason) implements Meaning {}

        /** The sender asks whether anybody is there, and wants this for an answer. */
        record Challenge(JsonNode answer) implements Meaning {}

        /** The sender asks whether it may send, and is told so by a GET of this address. */
        record Invitation(URI accept) implements Meaning {}
    }
}
