package dev.tiphys.gateway.definitions;

import dev.tiphys.contracts.definition.Finding;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** What is wrong at the moment with definitions that nobody waits for: those of directories. Thread-safe. */
public final class Problems {
    private final Map<String, List<Finding>> byOrigin = new ConcurrentSkipListMap<>();

    /**
     * Says what is wrong with an origin now; nothing, if the list is empty.
     *
     * @return what was wrong with it before
     */
    public List<Finding> report(String origin, List<Finding> findings) {
        List<Finding> before = byOrigin.put(origin, List.copyOf(findings));
        return before == null ? List.of() : before;
    }

    /** {@return everything that is wrong, by origin} */
    public List<Finding> all() {
        return byOrigin.values().stream().flatMap(List::stream).toList();
    }
}
