package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.Topic;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is decided and written, and not yet on the log. */
public interface Outbox {

    /**
     * Hands the oldest records over and forgets them if that succeeds. One relay at a time, whatever the number of
     * processes, so that records keep their order; after a crash a record may be handed over again.
     *
     * @param send throws if the records are not known to be on the log; they stay
     * @return how many were handed over; 0 if there are none or another relay is at work
     * @throws ApplicationStore.StoreUnavailable if nothing is known; try again later
     */
    int relay(int limit, Consumer<List<Outgoing>> send);

    /**
     * A record for the log.
     *
     * @param value JSON; null deletes the key of a compacted topic
     */
    record Outgoing(
            long position,
            Topic topic,
            String key,
            Map<String, String> headers,
            @Nullable String value) {
        public Outgoing {
            headers = Map.copyOf(headers);
        }
    }
}
