package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.sync.HealthStatus;
import java.util.Optional;

/**
 * How one object does, as Argo CD assesses it.
 *
 * @param message why; empty if there is nothing to say
 */
public record Health(HealthStatus status, String message) {

    /** {@return the health of a live object; empty for kinds that have none, which count as healthy} */
    public static Optional<Health> assess(JsonNode live) {
        return live.isEmpty() ? Optional.empty() : Optional.of(new Health(HealthStatus.HEALTHY, ""));
    }
}
