package dev.tiphys.gateway.queue.sqs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Deletes settled messages, in batches; what a batch leaves undone is tried again. A message that cannot be deleted comes
 * again, and is a duplicate then.
 */
final class Sweeper {
    private static final Logger log = Logger.getLogger(Sweeper.class);

    private final String name;
    private final SqsQueue queue;
    private final SqsPolicy policy;
    private final Consumer<Held> released;
    private final LinkedBlockingQueue<Held> settled = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean idle;
    private volatile boolean stopping;

    Sweeper(String name, SqsQueue queue, SqsPolicy policy, Consumer<Held> released) {
        this.name = name;
        this.queue = queue;
        this.policy = policy;
        this.released = released;
        this.thread = Thread.ofVirtual().name("sweeper-" + name).start(this::sweep);
    }

    void delete(Held message) {
        settled.add(message);
    }

    private void sweep() {
        try {
            while (!stopping || !settled.isEmpty()) {
                List<Held> batch = new ArrayList<>();
                idle = settled.isEmpty();
                batch.add(settled.take());
                idle = false;
                settled.drainTo(batch, SqsQueue.BATCH - 1);
                delete(batch);
                batch.forEach(released);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void delete(List<Held> batch) throws InterruptedException {
        Map<String, Held> left = new HashMap<>();
        batch.forEach(one -> left.put(one.receipt(), one));
        String reason = "";
        for (int attempt = 1; attempt <= SqsPolicy.MOST_DELETES; attempt++) {
            try {
                List<SqsQueue.Refused> refused = queue.delete(List.copyOf(left.keySet()));
                left.keySet()
                        .retainAll(
                                refused.stream().map(SqsQueue.Refused::receipt).toList());
                if (left.isEmpty()) {
                    return;
                }
                reason = refused.getFirst().reason();
            } catch (RuntimeException e) {
                reason = String.valueOf(e.getMessage());
            }
            if (attempt < SqsPolicy.MOST_DELETES) {
                Thread.sleep(policy.probe().after(attempt));
            }
        }
        log.warnf(
                "queue %s: %d messages are on the log and could not be deleted; they come again, as duplicates: %s",
                name, left.size(), reason);
    }

    /** Deletes what is settled, as far as there is time. */
    void close(Duration patience) {
        stopping = true;
        try {
            // Nothing is added any more: who waits now waits for ever.
            if (idle || !thread.join(patience)) {
                thread.interrupt();
                thread.join(Duration.ofMillis(200));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
