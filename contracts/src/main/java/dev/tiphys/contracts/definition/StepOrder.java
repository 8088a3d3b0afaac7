package dev.tiphys.contracts.definition;

import dev.tiphys.contracts.definition.Pipeline.Action;
import dev.tiphys.contracts.definition.Pipeline.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that the steps of a pipeline can be put in an order: every name once in the whole pipeline, every need known, no
 * step that waits for itself. Only the steps of {@code spec.steps} may have needs: those of a group run beside each other,
 * those of {@code finally} one after the other.
 */
final class StepOrder {
    private final Inspection inspection;
    private final Map<String, String> pathOfName = new HashMap<>();

    StepOrder(Inspection inspection) {
        this.inspection = inspection;
    }

    void check(String path, List<Step> steps, String alwaysPath, List<Step> always) {
        names(path, steps);
        names(alwaysPath, always);
        noNeeds(alwaysPath, always, "the steps of finally run in order, after everything else");
        Map<String, List<String>> needs = needs(path, steps);
        cycle(needs)
                .ifPresent(cycle -> inspection.error(
                        path + "[" + List.copyOf(needs.keySet()).indexOf(cycle.getFirst()) + "]",
                        "the step waits for itself: " + String.join(" needs ", cycle)));
    }

    private void names(String path, List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            String here = Places.item(path, i);
            String first = step.name().isEmpty() ? null : pathOfName.putIfAbsent(step.name(), here);
            if (first != null) {
                inspection.error(
                        Places.field(here, "name"),
                        "the name \"" + step.name() + "\" stands twice in the pipeline, first at " + first);
            }
            if (step.action() instanceof Action.Parallel group) {
                String inner = Places.field(here, "parallel");
                names(inner, group.steps());
                noNeeds(inner, group.steps(), "the steps of a group run beside each other");
            }
        }
    }

    private void noNeeds(String path, List<Step> steps, String why) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).needs() != null) {
                inspection.error(Places.field(Places.item(path, i), "needs"), "does not belong here: " + why);
            }
        }
    }

    private Map<String, List<String>> needs(String path, List<Step> steps) {
        Set<String> names = new LinkedHashSet<>();
        steps.forEach(step -> names.add(step.name()));
        Map<String, List<String>> needs = new LinkedHashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            List<String> given = steps.get(i).needs();
            List<String> before = i == 0 ? List.of() : List.of(steps.get(i - 1).name());
            needs.put(steps.get(i).name(), given == null ? before : given);
            for (int j = 0; given != null && j < given.size(); j++) {
                unknown(Places.item(Places.field(Places.item(path, i), "needs"), j), given.get(j), names);
            }
        }
        return needs;
    }

    private void unknown(String path, String need, Set<String> names) {
        if (names.contains(need)) {
            return;
        }
        inspection.error(
                path,
                pathOfName.containsKey(need)
                        ? "expected a step of spec.steps; \"" + need + "\" stands at " + pathOfName.get(need)
                                + ": of a group, the group itself is needed"
                        : "there is no step \"" + need + "\"" + Suggestion.text(need, names));
    }

    private static Optional<List<String>> cycle(Map<String, List<String>> needs) {
        Set<String> through = new HashSet<>();
        for (String name : needs.keySet()) {
            List<String> cycle = walk(name, needs, new ArrayList<>(), through);
            if (!cycle.isEmpty()) {
                return Optional.of(cycle);
            }
        }
        return Optional.empty();
    }

    /** {@return the cycle that a step leads into, its first name again at the end; empty if it leads into none} */
    private static List<String> walk(
            String name, Map<String, List<String>> needs, List<String> trail, Set<String> through) {
        int seen = trail.indexOf(name);
        if (seen >= 0) {
            List<String> cycle = new ArrayList<>(trail.subList(seen, trail.size()));
            cycle.add(name);
            return cycle;
        }
        if (through.contains(name)) {
            return List.of();
        }
        trail.add(name);
        for (String need : needs.getOrDefault(name, List.of())) {
            List<String> cycle = walk(need, needs, trail, through);
            if (!cycle.isEmpty()) {
                return cycle;
            }
        }
        trail.removeLast();
        through.add(name);
        return List.of();
    }
}
