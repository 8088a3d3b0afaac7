package dev.tiphys.engine.run.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A run's row, for queries; it is written by the lanes alone. */
@Entity(name = "EngineRun")
@Immutable
@Table(name = "run", schema = "engine")
class RunRow {
    @Id
    String id = "";

    @Column(nullable = false)
    String pipeline = "";

    @Column(nullable = false)
    String state = "";

    @Nullable
    String reason;

    @Nullable
    String revision;

    @Column(name = "created_at", nullable = false)
    Instant createdAt = Instant.EPOCH;

    @Column(name = "started_at")
    @Nullable
    Instant startedAt;

    @Column(name = "finished_at")
    @Nullable
    Instant finishedAt;

    @Column(name = "run_trigger", nullable = false)
    String trigger = "";

    @Column(nullable = false)
    String outline = "";

    @Column(nullable = false)
    String progress = "";
}
