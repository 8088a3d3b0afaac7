package dev.tiphys.gateway.queue.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A parked message's row. */
@Entity(name = "GatewayParked")
@Table(name = "parked", schema = "gateway")
class ParkedRow {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long id;

    @Column(nullable = false)
    String queue = "";

    @Column(name = "message_id", nullable = false)
    String messageId = "";

    @Column(name = "message_group")
    @Nullable
    String group;

    @Nullable
    String lane;

    @Column(nullable = false)
    String reason = "";

    @Column(nullable = false)
    int receives;

    @Column(name = "sent_at", nullable = false)
    Instant sentAt = Instant.EPOCH;

    @Column(name = "received_at", nullable = false)
    Instant receivedAt = Instant.EPOCH;

    @Column(name = "parked_at", nullable = false)
    Instant parkedAt = Instant.EPOCH;

    @Column(nullable = false)
    byte[] body = {};

    @Column(nullable = false)
    String attributes = "";

    @Column(nullable = false)
    String headers = "";

    @Column(nullable = false)
    String facts = "";

    @Column(name = "redriven_at")
    @Nullable
    Instant redrivenAt;

    @Column(name = "redriven_by")
    @Nullable
    String redrivenBy;

    @Nullable
    String event;
}
