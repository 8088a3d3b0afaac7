package dev.tiphys.engine.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run does, compiled from a pipeline: the snapshot that it keeps however the definition changes.
 *
 * @param main the graph of the run
 * @param always the graph that runs at the end, whatever happened
 */
public record Plan(List<Task> main, List<Task> always) {

    public Plan {
        main = List.copyOf(main);
        always = List.copyOf(always);
    }

    /** {@return every task, callers before what they call, in the order of declaration} */
    public List<Task> all() {
        List<Task> all = new ArrayList<>();
        collect(main, all);
        collect(always, all);
        return List.copyOf(all);
    }

    /** {@return every task by name} */
    Map<String, Task> byName() {
        Map<String, Task> found = new LinkedHashMap<>();
        all().forEach(task -> found.put(task.name(), task));
        return found;
    }

    private static void collect(List<Task> tasks, List<Task> into) {
        for (Task task : tasks) {
            into.add(task);
            collect(task.nested(), into);
        }
    }
}
