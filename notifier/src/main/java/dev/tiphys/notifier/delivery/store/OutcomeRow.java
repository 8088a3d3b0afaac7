package dev.tiphys.notifier.delivery.store;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.notice.MessageOutcome;
import dev.tiphys.notifier.delivery.Outcome;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An outcome that readers of the deliveries have not heard of. */
@Entity(name = "NotifierOutcome")
@Table(name = "outcome")
class OutcomeRow {
    private static final String SOURCE = "/tiphys/notifier";

    /** What happened, in the words of the event types. */
    enum What {
        SENT,
        SUPPRESSED,
        REFUSED
    }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long number;

    String thread = "";
    String message = "";
    String channel = "";

    @Enumerated(EnumType.STRING)
    What what = What.SENT;

    @Nullable
    String detail;

    Instant at = Instant.EPOCH;

    @Column(name = "correlation_id")
    @Nullable
    String correlationId;

    @Column(name = "causation_id")
    String causationId = "";

    @Nullable
    String traceparent;

    static OutcomeRow of(EntryRow entry, What what, @Nullable String detail, Instant at) {
        OutcomeRow row = new OutcomeRow();
        row.thread = entry.run;
        row.message = entry.key;
        row.channel = entry.channel;
        row.what = what;
        row.detail = detail;
        row.at = at;
        row.correlationId = entry.correlationId;
        row.causationId = entry.causationId;
        row.traceparent = entry.traceparent;
        return row;
    }

    Outcome outcome() {
        if (number == null) {
            throw new IllegalStateException("the outcome of " + message + " was not stored yet");
        }
        return new Outcome(
                number,
                new CloudEvent<>(
                        message + "/" + what.name().toLowerCase(Locale.ROOT),
                        SOURCE,
                        thread,
                        at,
                        new Causality(correlationId, causationId, traceparent, null),
                        payload()));
    }

    private MessageOutcome payload() {
        String why = detail == null ? "" : detail;
        return switch (what) {
            case SENT -> new MessageOutcome.MessageSent(thread, message, channel, detail);
            case SUPPRESSED -> new MessageOutcome.MessageSuppressed(thread, message, channel, why);
            case REFUSED -> new MessageOutcome.MessageRefused(thread, message, channel, why);
        };
    }
}
