package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Pipeline.Rule;
import dev.tiphys.contracts.run.RunFact.NotifyTarget;
import dev.tiphys.contracts.run.RunTrigger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What never changes about a run.
 *
 * @param id sorts by the moment of the trigger
 * @param triggerKey with the pipeline it names the run: one trigger never starts two
 * @param event what expressions see as {@code event}
 * @param line the line that it waits in; null if it waits for no other run
 * @param card where its card goes; null if nobody asked for one
 * @param traceparent the trace that it belongs to; null if none
 * @param defects why it cannot be run as defined; empty if it can
 */
public record Charter(
        String id,
        String pipeline,
        String triggerKey,
        RunTrigger trigger,
        JsonNode event,
        Map<String, JsonNode> parameters,
        Plan plan,
        @Nullable Line line,
        @Nullable NotifyTarget card,
        @Nullable String traceparent,
        List<String> defects) {

    public Charter {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        defects = List.copyOf(defects);
    }

    /** The line of runs with the same key. */
    public record Line(String key, Rule rule) {}
}
