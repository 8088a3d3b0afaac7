package dev.tiphys.contracts;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The topics of the log: a public interface. Order is promised per key and nothing else. They are created with their
 * partitions and their cleanup policy before anyone subscribes.
 */
public enum Topic {
    /** What happened outside; key: the repository or source. */
    EVENTS("tiphys.events", 12, Duration.ofDays(7)),
    /**
     * The current definitions; key: kind/namespace/name. One partition: its offset is a version of all definitions
     * together, which an event carries so that nobody decides about it with older ones.
     */
    DEFINITIONS("tiphys.definitions", 1, null),
    /** Every fact about a run and its steps; key: run id. */
    RUNS("tiphys.runs", 12, Duration.ofDays(30)),
    /** Sync this application to this revision because of this run; key: application. */
    SYNC_COMMANDS("tiphys.sync-commands", 12, Duration.ofDays(7)),
    /** Every fact about a sync, and changes of health and drift; key: application. */
    SYNCS("tiphys.syncs", 12, Duration.ofDays(30)),
    /** The present status of each application; key: application. */
    APPLICATIONS("tiphys.applications", 12, null),
    /** Explicit messages: a notify step; key: thread. */
    NOTICES("tiphys.notices", 12, Duration.ofDays(7)),
    /** What was sent, suppressed or refused, and why; key: thread. */
    DELIVERIES("tiphys.deliveries", 12, Duration.ofDays(30)),
    /** Each action of a person; key: actor. */
    AUDIT("tiphys.audit", 3, Duration.ofDays(365)),
    /** What could not be handled; key: as the original. */
    DEAD_LETTERS("tiphys.dead-letters", 3, Duration.ofDays(30));

    /** The largest record, in bytes: a payload of a Git server may have 25 MiB, which a broker refuses by default. */
    private static final String LARGEST_RECORD = Integer.toString(32 * 1024 * 1024);

    private final String topicName;
    private final int partitions;
    private final @Nullable Duration retention;

    Topic(String topicName, int partitions, @Nullable Duration retention) {
        this.topicName = topicName;
        this.partitions = partitions;
        this.retention = retention;
    }

    /** {@return the name on the broker} */
    public String topicName() {
        return topicName;
    }

    /** {@return how many partitions the topic is created with} */
    public int partitions() {
        return partitions;
    }

    /** {@return how long records are kept; empty if only the newest of each key is, for ever} */
    public Optional<Duration> retention() {
        return Optional.ofNullable(retention);
    }

    /** {@return whether only the newest record of each key is kept; such a topic carries structured CloudEvents} */
    public boolean compacted() {
        return retention == null;
    }

    /** {@return the configuration that the topic is created with, in Kafka's own words} */
    public Map<String, String> configuration() {
        if (retention == null) {
            return Map.of(
                    "cleanup.policy", "compact",
                    "min.cleanable.dirty.ratio", "0.1",
                    "max.message.bytes", LARGEST_RECORD);
        }
        return Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                Long.toString(retention.toMillis()),
                "max.message.bytes",
                LARGEST_RECORD);
    }
}
