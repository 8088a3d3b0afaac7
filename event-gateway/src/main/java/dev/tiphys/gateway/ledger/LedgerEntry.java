package dev.tiphys.gateway.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one delivery.
 *
 * @param at when its last byte had come
 * @param endpoint the endpoint's name; empty if there is none of the name that was asked for
 * @param way how it came in
 * @param verdict a word such as {@code accepted}, {@code duplicate}, {@code irrelevant} or {@code unverified}
 * @param reason why, for a person; null if it is as it should be
 * @param deliveryId the sender's id of it; null if it was not read
 * @param type what the sender calls it; null if it was not read
 * @param events the ids of its events, in order; empty if it became none
 * @param position where the first of them is; null if this process did not write it
 * @param secret which of the endpoint's secrets had signed it, 0 the present one, 1 the previous one; null if none had
 * @param bytes the size of its body
 * @param took how long it was under way
 * @param replayOf the id of the delivery that was sent in again; null if it came from outside
 * @param payload what it held; null if it is on the log, or not kept
 * @param count how many deliveries it stands for: more than one only for strangers that came in floods
 */
public record LedgerEntry(
        Instant at,
        String endpoint,
        Way way,
        String verdict,
        @Nullable String reason,
        @Nullable String deliveryId,
        @Nullable String type,
        List<String> events,
        @Nullable Place position,
        @Nullable Integer secret,
        long bytes,
        Took took,
        @Nullable String replayOf,
        @Nullable Payload payload,
        int count) {
    public LedgerEntry {
        events = List.copyOf(events);
    }

    /** One delivery. */
    public LedgerEntry(
            Instant at,
            String endpoint,
            Way way,
            String verdict,
            @Nullable String reason,
            @Nullable String deliveryId,
            @Nullable String type,
            List<String> events,
            @Nullable Place position,
            @Nullable Integer secret,
            long bytes,
            Took took,
            @Nullable String replayOf,
            @Nullable Payload payload) {
        this(
                at,
                endpoint,
                way,
                verdict,
                reason,
                deliveryId,
                type,
                events,
                position,
                secret,
                bytes,
                took,
                replayOf,
                payload,
                1);
    }

    /** {@return one delivery that became no event, and of which no more is remembered than this} */
    public static LedgerEntry bare(
            Instant at,
            String endpoint,
            Way way,
            VerdictWord verdict,
            @Nullable String reason,
            @Nullable String deliveryId,
            long bytes) {
        return new LedgerEntry(
                at,
                endpoint,
                way,
                verdict.word(),
                reason,
                deliveryId,
                null,
                List.of(),
                null,
                null,
                bytes,
                Took.NOTHING,
                null,
                null);
    }

    /** {@return whether its sender is known: it proved itself, or it is none of a stranger's} */
    public boolean isGenuine() {
        return way != Way.HOOK || secret != null || VerdictWord.isGenuine(verdict);
    }

    /** {@return the same without what it held} */
    LedgerEntry withoutPayload() {
        return new LedgerEntry(
                at,
                endpoint,
                way,
                verdict,
                reason,
                deliveryId,
                type,
                events,
                position,
                secret,
                bytes,
                took,
                replayOf,
                null,
                count);
    }

    /** {@return one entry for both: the later one's, with the sums} */
    LedgerEntry plus(LedgerEntry later) {
        return new LedgerEntry(
                later.at,
                endpoint,
                way,
                verdict,
                later.reason,
                null,
                null,
                List.of(),
                null,
                null,
                bytes + later.bytes,
                Took.NOTHING,
                null,
                null,
                count + later.count);
    }

    /** How a delivery came in. */
    public enum Way {
        HOOK,
        QUEUE,
        SCHEDULE,
        REPLAY
    }

    /** A place on the topic of events. */
    public record Place(int partition, long offset) {}

    /**
     * Where the time went.
     *
     * @param receiving from the request's head to its last byte
     * @param judging to the verdict
     * @param publishing to the broker's answer
     */
    public record Took(Duration receiving, Duration judging, Duration publishing) {
        /** Not measured. */
        public static final Took NOTHING = new Took(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /**
     * What a delivery held.
     *
     * @param headers without those that carry credentials or signatures
     * @param body not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and large.
    public record Payload(Map<String, String> headers, byte[] body) {
        public Payload {
            headers = Map.copyOf(headers);
        }
    }
}
