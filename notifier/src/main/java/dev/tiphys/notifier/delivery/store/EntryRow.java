package dev.tiphys.notifier.delivery.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.notifier.card.Message;
import dev.tiphys.notifier.card.MessageKind;
import dev.tiphys.notifier.delivery.Doubt;
import dev.tiphys.notifier.delivery.Entry;
import dev.tiphys.notifier.delivery.EntryState;
import dev.tiphys.notifier.delivery.Lane;
import dev.tiphys.notifier.delivery.Notification;
import dev.tiphys.notifier.delivery.Plan;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of the ledger. */
@Entity(name = "NotifierEntry")
@Table(name = "entry")
class EntryRow {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long id;

    int version;
    String key = "";
    String run = "";

    @Enumerated(EnumType.STRING)
    MessageKind kind = MessageKind.CARD;

    String step = "";
    String workspace = "";
    String channel = "";

    @Enumerated(EnumType.STRING)
    EntryState state = EntryState.PLANNED;

    boolean last;
    boolean broadcast;
    String text = "";

    @Nullable
    String blocks;

    boolean plain;

    @Enumerated(EnumType.STRING)
    Doubt doubt = Doubt.NONE;

    int attempts;

    @Column(name = "not_before")
    Instant notBefore = Instant.EPOCH;

    @Column(name = "lease_until")
    @Nullable
    Instant leaseUntil;

    @Column(name = "lease_owner")
    @Nullable
    String leaseOwner;

    @Column(name = "refusal_told")
    boolean refusalTold;

    @Nullable
    String reason;

    @Column(name = "slack_channel")
    @Nullable
    String slackChannel;

    @Nullable
    String reference;

    @Column(name = "correlation_id")
    @Nullable
    String correlationId;

    @Column(name = "causation_id")
    String causationId = "";

    @Nullable
    String traceparent;

    @Column(name = "planned_at")
    Instant plannedAt = Instant.EPOCH;

    @Column(name = "decided_at")
    @Nullable
    Instant decidedAt;

    static EntryRow planned(String run, Plan.Addition addition, Instant now) {
        EntryRow row = new EntryRow();
        row.run = run;
        row.key = addition.key();
        row.kind = addition.kind();
        row.step = addition.step();
        row.workspace = addition.lane().workspace();
        row.channel = addition.lane().channel();
        row.last = addition.last();
        row.broadcast = addition.broadcast();
        row.text = addition.message().text();
        row.blocks = Json.text(addition.message().blocks());
        row.notBefore = now;
        row.plannedAt = now;
        String correlation = addition.cause().causality().correlationId();
        row.correlationId = correlation == null ? addition.cause().id() : correlation;
        row.causationId = addition.cause().id();
        row.traceparent = addition.cause().causality().traceparent();
        return row;
    }

    /** Ends it: what it looked like is not needed any more, its text is. */
    void decide(EntryState decided, @Nullable String why, Instant now) {
        state = decided;
        reason = why;
        blocks = null;
        leaseUntil = null;
        decidedAt = now;
        version++;
    }

    void planAgain(Instant earliest, Doubt doubted, @Nullable String why) {
        state = EntryState.PLANNED;
        notBefore = earliest;
        doubt = doubted;
        reason = why;
        leaseUntil = null;
        version++;
    }

    Entry entry() {
        return new Entry(
                id(),
                version,
                key,
                run,
                kind,
                new Lane(workspace, channel),
                last,
                broadcast,
                new Message(text, parsed(blocks)),
                plain,
                doubt,
                attempts,
                notBefore,
                plannedAt);
    }

    Notification notification() {
        return new Notification(
                id(),
                key,
                run,
                kind.word(),
                step.isEmpty() ? null : step,
                workspace,
                channel,
                state.word(),
                text,
                reason,
                reference,
                attempts,
                plannedAt,
                decidedAt);
    }

    private long id() {
        if (id == null) {
            throw new IllegalStateException("entry " + key + " was not stored yet");
        }
        return id;
    }

    private static List<JsonNode> parsed(@Nullable String json) {
        if (json == null) {
            return List.of();
        }
        try {
            List<JsonNode> blocks = new ArrayList<>();
            Json.mapper().readTree(json).forEach(blocks::add);
            return blocks;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the blocks of an entry cannot be read", e);
        }
    }
}
