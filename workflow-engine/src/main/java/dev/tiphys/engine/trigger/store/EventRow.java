package dev.tiphys.engine.trigger.store;

import dev.tiphys.engine.trigger.EventViews.EventView;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** An event's row, for queries. */
@Entity(name = "EngineEvent")
@Immutable
@Table(name = "event", schema = "engine")
class EventRow {
    @Id
    String id = "";

    @Column(name = "arrived_at", nullable = false)
    Instant arrivedAt = Instant.EPOCH;

    @Column(nullable = false)
    String endpoint = "";

    @Column(nullable = false)
    String type = "";

    @Nullable
    String repository;

    @Nullable
    String revision;

    @Nullable
    String ref;

    @Nullable
    String author;

    @Column(nullable = false)
    String decisions = "";

    @Column(name = "decided_at")
    @Nullable
    Instant decidedAt;

    EventView view() {
        return new EventView(id, arrivedAt, endpoint, type, repository, revision, ref, author, decidedAt);
    }
}
