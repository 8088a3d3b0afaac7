package dev.tiphys.gateway.queue.kafka;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The records of one partition on their way, one after the other on a thread of its own. */
final class PartitionRun {
    private final Thread thread;
    private volatile long next = -1;
    private final AtomicInteger left;

    /** @param settle settles a record; whether it did: if not, the rest is left */
    PartitionRun(
            String name,
            List<ConsumerRecord<byte[], byte[]>> records,
            Predicate<ConsumerRecord<byte[], byte[]>> settle) {
        left = new AtomicInteger(records.size());
        thread = Thread.ofVirtual().name(name).unstarted(() -> {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (!settle.test(record)) {
                    return;
                }
                next = record.offset() + 1;
                left.decrementAndGet();
            }
        });
        thread.start();
    }

    boolean isDone() {
        return !thread.isAlive();
    }

    /** {@return the offset that may be committed; empty if nothing was settled} */
    OptionalLong committable() {
        return next < 0 ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /** {@return how many of the records are not settled} */
    int left() {
        return left.get();
    }

    /** Breaks off; returns when the record under way is settled or left. */
    void end() {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
