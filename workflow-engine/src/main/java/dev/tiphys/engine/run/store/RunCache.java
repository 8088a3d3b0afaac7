package dev.tiphys.engine.run.store;

import dev.tiphys.engine.run.Run;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The runs that were touched last, bounded by their number and by the length of their stored JSON: events and outputs may be
 * large. Used by one thread.
 */
final class RunCache {
    private final int most;
    private final long largest;
    private final Map<String, Known> runs = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    /**
     * A run as it is stored.
     *
     * @param charter the length of its charter as JSON
     * @param progress the length of all the rest as JSON
     */
    record Known(Run.Present run, long charter, long progress) {
        private long size() {
            return charter + progress;
        }
    }

    /**
     * @param most how many runs
     * @param largest how much JSON of all of them together
     */
    RunCache(int most, long largest) {
        this.most = most;
        this.largest = largest;
    }

    @Nullable
    Known get(String id) {
        return runs.get(id);
    }

    void put(String id, Known run) {
        remove(id);
        runs.put(id, run);
        size += run.size();
        Iterator<Known> eldest = runs.values().iterator();
        while (runs.size() > most || size > largest) {
            size -= eldest.next().size();
            eldest.remove();
        }
    }

    void remove(String id) {
        Known known = runs.remove(id);
        if (known != null) {
            size -= known.size();
        }
    }
}
