package dev.tiphys.engine.work;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of one leaf step, leased to a worker.
 *
 * @param run the run's id
 * @param step the step's name, unique in the run
 * @param attempt from 1
 * @param action the step's action as JSON, every expression resolved
 * @param progress what an earlier lease of this attempt remembered; null if nothing
 * @param deadline when the attempt is over; the engine ends it then, a worker may use it for its own bounds
 * @param fence the lease's fencing token; grows with each lease of this attempt
 */
public record LeafWork(
        String run,
        String pipeline,
        String step,
        int attempt,
        JsonNode action,
        @Nullable JsonNode progress,
        Instant deadline,
        long fence) {

    public LeafWork {
        Objects.requireNonNull(action);
    }

    /** {@return the key that makes this attempt's effect one effect, wherever it is made} */
    public String idempotencyKey() {
        return run + "/" + step + "/" + attempt;
    }

    /** Finds the definitions that the run uses, as they were when it was created, or as they are now. */
    public interface Lookup {
        /** {@return the definition; null if there is none of that name} */
        <T extends Definition> @Nullable T find(Class<T> kind, String name);
    }
}
