package dev.tiphys.gateway.definitions;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Action;
import dev.tiphys.contracts.definition.Pipeline.Step;
import dev.tiphys.contracts.definition.Places;
import dev.tiphys.contracts.definition.Suggestion;
import dev.tiphys.platform.expression.Outlines;
import dev.tiphys.platform.expression.Outlines.Outline;
import dev.tiphys.platform.expression.Outlines.Read;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the expressions of a pipeline that no run can resolve. What certainly fails is an error; what is read on one side
 * of a condition or within a macro only, a warning; what the expression itself asks for before, by {@code has} or {@code
 * in}, is fine.
 */
final class ScopeCheck {
    private static final Set<String> OF_TRIGGERS = Set.of("event");
    private static final Set<String> OF_KEYS = Set.of("event", "parameters", "run");
    private static final Set<String> OF_STEPS = Set.of("event", "parameters", "run", "steps");
    private static final Set<String> OF_A_STEP = Set.of("outputs", "state");

    private final Pipeline pipeline;
    private final Places places;
    private final Outlines outlines;
    private final Set<String> names = new TreeSet<>();
    private final Set<Finding> findings = new LinkedHashSet<>();

    /**
     * What an expression at a place can see.
     *
     * @param variables the variables
     * @param later the steps that cannot have run by then
     */
    private record View(Set<String> variables, Set<String> later) {}

    private ScopeCheck(Pipeline pipeline, Places places, Outlines outlines) {
        this.pipeline = pipeline;
        this.places = places;
        this.outlines = outlines;
        names.addAll(namesOf(pipeline.steps()));
        names.addAll(namesOf(pipeline.always()));
    }

    /** {@return what is wrong with the expressions of a pipeline that can be read} */
    static List<Finding> findings(Pipeline pipeline, JsonNode spec, Places places, Outlines outlines) {
        ScopeCheck check = new ScopeCheck(pipeline, places, outlines);
        check.triggers(spec.path("on"));
        check.texts(spec.path("concurrency").path("key"), "spec.concurrency.key", new View(OF_KEYS, Set.of()));
        check.main(spec.path("steps"));
        check.always(spec.path("finally"));
        return List.copyOf(check.findings);
    }

    private void triggers(JsonNode on) {
        for (int i = 0; i < on.size(); i++) {
            for (String kind : List.of("event", "message")) {
                String path = Places.field(Places.item("spec.on", i), kind);
                condition(on.path(i).path(kind), path, new View(OF_TRIGGERS, Set.of()));
            }
        }
    }

    private void main(JsonNode nodes) {
        List<Step> steps = pipeline.steps();
        Set<String> always = namesOf(pipeline.always());
        for (int i = 0; i < steps.size(); i++) {
            Set<String> later = new HashSet<>(always);
            later.addAll(namesOf(waitingFor(steps, steps.get(i).name())));
            step(steps.get(i), nodes.path(i), Places.item("spec.steps", i), later);
        }
    }

    private void always(JsonNode nodes) {
        List<Step> steps = pipeline.always();
        for (int i = 0; i < steps.size(); i++) {
            step(
                    steps.get(i),
                    nodes.path(i),
                    Places.item("spec.finally", i),
                    namesOf(steps.subList(i + 1, steps.size())));
        }
    }

    /** {@return the steps that need a step, or one that needs it in turn} */
    private static List<Step> waitingFor(List<Step> steps, String name) {
        Set<String> waiting = new LinkedHashSet<>(Set.of(name));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (int i = 0; i < steps.size(); i++) {
                List<String> given = steps.get(i).needs();
                List<String> before =
                        i == 0 ? List.of() : List.of(steps.get(i - 1).name());
                List<String> needs = given == null ? before : given;
                grew |= needs.stream().anyMatch(waiting::contains)
                        && waiting.add(steps.get(i).name());
            }
        }
        waiting.remove(name);
        return steps.stream().filter(step -> waiting.contains(step.name())).toList();
    }

    private void step(Step step, JsonNode node, String path, Set<String> after) {
        Set<String> later = new HashSet<>(after);
        later.add(step.name());
        if (step.action() instanceof Action.Parallel(List<Step> inner)) {
            for (int i = 0; i < inner.size(); i++) {
                step(
                        inner.get(i),
                        node.path("parallel").path(i),
                        Places.item(Places.field(path, "parallel"), i),
                        later);
            }
            later.addAll(namesOf(inner));
        } else {
            String kind = step.action().kind();
            texts(node.path(kind), Places.field(path, kind), new View(OF_STEPS, later));
        }
        condition(node, path, new View(OF_STEPS, later));
    }

    private static Set<String> namesOf(List<Step> steps) {
        Set<String> names = new HashSet<>();
        for (Step step : steps) {
            names.add(step.name());
            if (step.action() instanceof Action.Parallel(List<Step> inner)) {
                names.addAll(namesOf(inner));
            }
        }
        return names;
    }

    private void texts(JsonNode node, String path, View view) {
        if (node.isObject()) {
            node.properties().forEach(field -> texts(field.getValue(), Places.field(path, field.getKey()), view));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                texts(node.path(i), Places.item(path, i), view);
            }
        } else if (node.isTextual()) {
            outlines.outlines(node.textValue()).forEach(outline -> outline(outline, path, view));
        }
    }

    private void condition(JsonNode holder, String holderPath, View view) {
        String text = holder.path("when").asText("");
        String path = Places.field(holderPath, "when");
        for (Outline outline : outlines.outlines(text.contains("${{") ? text : "${{ " + text + " }}")) {
            outline(outline, path, view);
            if (outline.neverBoolean() != null) {
                error(
                        path,
                        "a condition is true or false, " + outline.source() + " is always " + outline.neverBoolean());
            }
        }
    }

    private void outline(Outline outline, String path, View view) {
        for (String variable : new TreeSet<>(outline.variables())) {
            if (!view.variables().contains(variable)) {
                error(
                        path,
                        outline.source() + " can never be resolved: there is no " + variable + " here, only "
                                + String.join(", ", new TreeSet<>(view.variables()))
                                + Suggestion.text(variable, view.variables()));
            }
        }
        outline.reads().stream()
                .filter(read -> view.variables().contains(read.path().getFirst()))
                .filter(read -> read.path().size() > 1)
                .forEach(read -> read(outline, read, path, view));
    }

    private void read(Outline outline, Read read, String path, View view) {
        String name = read.path().get(1);
        switch (read.path().getFirst()) {
            case "parameters" -> {
                Set<String> known = pipeline.parameters().keySet();
                if (!known.contains(name)) {
                    never(outline, read, 2, path, "the pipeline has no parameter \"" + name + "\"" + hint(name, known));
                }
            }
            case "steps" -> {
                if (!names.contains(name)) {
                    never(outline, read, 2, path, "there is no step \"" + name + "\"" + hint(name, names));
                } else if (read.path().size() > 2
                        && !OF_A_STEP.contains(read.path().get(2))) {
                    String field = read.path().get(2);
                    never(outline, read, 3, path, "a step has state and outputs, no " + field + hint(field, OF_A_STEP));
                } else if (view.later().contains(name)) {
                    later(outline, read, path);
                }
            }
            default -> {}
        }
    }

    private void later(Outline outline, Read read, String path) {
        String why = "the step \"" + read.path().get(1) + "\" cannot have ended by then";
        if (read.path().size() > 3) {
            never(outline, read, 4, path, why + ", and has no outputs");
        } else if (outline.asked().stream().noneMatch(asked -> isWithin(asked, read.path()))) {
            warning(path, outline.source() + " says nothing: " + why);
        }
    }

    private static String hint(String name, Set<String> known) {
        String suggestion = Suggestion.text(name, known);
        return !suggestion.isEmpty() || known.isEmpty()
                ? suggestion
                : "; there is " + String.join(", ", new TreeSet<>(known));
    }

    private void never(Outline outline, Read read, int length, String path, String why) {
        if (isAskedFor(outline, read.path().subList(0, length))) {
            return;
        }
        if (read.certain()) {
            error(path, outline.source() + " can never be resolved: " + why);
        } else {
            warning(path, outline.source() + " may not be resolved: " + why);
        }
    }

    /** Whether the expression asks for a part, or for one around it, before it reads it. */
    private static boolean isAskedFor(Outline outline, List<String> part) {
        return outline.asked().stream().anyMatch(asked -> isWithin(part, asked));
    }

    private static boolean isWithin(List<String> part, List<String> whole) {
        return part.size() >= whole.size() && part.subList(0, whole.size()).equals(whole);
    }

    private void error(String path, String message) {
        findings.add(places.finding(Finding.Severity.ERROR, path, message));
    }

    private void warning(String path, String message) {
        findings.add(places.finding(Finding.Severity.WARNING, path, message));
    }
}
