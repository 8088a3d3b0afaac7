package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Pipeline.Action;
import dev.tiphys.contracts.definition.Pipeline.Concurrency;
import dev.tiphys.contracts.definition.Pipeline.Notify;
import dev.tiphys.contracts.definition.Pipeline.OnFailure;
import dev.tiphys.contracts.definition.Pipeline.Parameter;
import dev.tiphys.contracts.definition.Pipeline.ParameterType;
import dev.tiphys.contracts.definition.Pipeline.Retry;
import dev.tiphys.contracts.definition.Pipeline.Rule;
import dev.tiphys.contracts.definition.Pipeline.Step;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a Pipeline. */
final class PipelineForm {
    static final String DEFAULT_WORKSPACE = "default";
    private static final int MAX_STEPS = 500;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final Inspection inspection;

    private PipelineForm(Inspection inspection) {
        this.inspection = inspection;
    }

    static @Nullable Definition pipeline(DefinitionKey key, Fields spec) {
        return new PipelineForm(spec.inspection()).read(key, spec);
    }

    private @Nullable Definition read(DefinitionKey key, Fields spec) {
        List<Trigger> on = new ArrayList<>();
        for (Fields.Item item : spec.items("on")) {
            Trigger trigger = TriggerForm.trigger(Fields.of(item.node(), item.path(), inspection));
            if (trigger != null) {
                on.add(trigger);
            }
        }
        Concurrency concurrency = concurrency(spec.optionalMapping("concurrency"));
        Notify card = card(spec.optionalMapping("notify"));
        Map<String, Parameter> parameters = parameters(spec);
        List<Step> steps = steps(spec, "steps");
        JsonNode given = spec.value("steps");
        if (spec.there() && (given == null || (given.isArray() && given.isEmpty()))) {
            inspection.error(spec.path(), "the field \"steps\" is missing: expected a list with at least one step");
        }
        List<Step> always = steps(spec, "finally");
        spec.end();
        new StepOrder(inspection).check(spec.path("steps"), steps, spec.path("finally"), always);
        return inspection.failed() ? null : new Pipeline(key, on, concurrency, card, parameters, steps, always);
    }

    private static @Nullable Concurrency concurrency(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        Concurrency concurrency = new Concurrency(fields.text("key"), fields.word("rule", Rule.class, Rule.SEQUENTIAL));
        fields.end();
        return concurrency;
    }

    private static @Nullable Notify card(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        Notify card = new Notify(fields.text("slack"), fields.reference("workspace", DEFAULT_WORKSPACE));
        fields.end();
        return card;
    }

    private Map<String, Parameter> parameters(Fields spec) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        spec.entries("parameters").forEach((name, item) -> {
            if (!Syntax.PARAMETER.matcher(name).matches()) {
                inspection.errorAtName(item.path(), "expected a name of letters, digits, _ and -");
            }
            parameters.put(name, parameter(Fields.of(item.node(), item.path(), inspection)));
        });
        return parameters;
    }

    private Parameter parameter(Fields fields) {
        ParameterType type = fields.word("type", ParameterType.class, ParameterType.STRING);
        JsonNode fallback = fields.value("default");
        if (fallback != null && !fits(fallback, type)) {
            inspection.error(
                    fields.path("default"),
                    "expected a " + type.name().toLowerCase(Locale.ROOT) + ", met " + Fields.met(fallback));
        }
        List<String> options = fields.texts("options");
        if (fields.has("options") && type != ParameterType.STRING) {
            inspection.error(fields.path("options"), "options belong to a parameter of type string");
        }
        if (fallback != null && fallback.isTextual() && !options.isEmpty() && !options.contains(fallback.textValue())) {
            inspection.error(
                    fields.path("default"),
                    "expected one of the options: " + Fields.either(options) + ", met " + Fields.met(fallback));
        }
        String description = fields.text("description", "");
        fields.end();
        return new Parameter(type, fallback, options, description);
    }

    private static boolean fits(JsonNode value, ParameterType type) {
        return switch (type) {
            case STRING -> value.isTextual();
            case NUMBER -> value.isNumber();
            case BOOLEAN -> value.isBoolean();
        };
    }

    private List<Step> steps(Fields parent, String name) {
        List<Step> steps = new ArrayList<>();
        List<Fields.Item> items = parent.items(name);
        if (items.size() > MAX_STEPS) {
            inspection.error(parent.path(name), "expected up to " + MAX_STEPS + " steps, met " + items.size());
            return steps;
        }
        for (Fields.Item item : items) {
            steps.add(step(Fields.of(item.node(), item.path(), inspection)));
        }
        return steps;
    }

    private Step step(Fields fields) {
        String name = fields.text("name", Syntax.STEP, "a name of letters, digits, _ and -, up to 63");
        List<String> needs = fields.has("needs") ? fields.texts("needs") : null;
        Step step = new Step(
                name,
                action(fields),
                needs,
                fields.optionalText("when"),
                retry(fields.optionalMapping("retry")),
                fields.optionalDuration("timeout"),
                fields.word("onFailure", OnFailure.class, OnFailure.HALT));
        fields.end();
        return step;
    }

    private Action action(Fields step) {
        List<String> met = ActionForms.KINDS.stream().filter(step::has).toList();
        if (!step.there()) {
            return new Action.Pause(Duration.ofSeconds(1));
        }
        if (met.size() != 1) {
            inspection.error(
                    step.path(),
                    "expected exactly one of " + Fields.either(ActionForms.KINDS) + ", met "
                            + (met.isEmpty() ? "none" + guessed(step) : String.join(" and ", met)));
            return new Action.Pause(Duration.ofSeconds(1));
        }
        String kind = met.getFirst();
        if (kind.equals("parallel")) {
            List<Step> steps = steps(step, kind);
            if (steps.isEmpty()) {
                inspection.error(step.path(kind), "expected a list with at least one step");
            }
            return new Action.Parallel(steps);
        }
        return ActionForms.action(kind, step);
    }

    private static String guessed(Fields step) {
        List<String> others = List.of("name", "needs", "when", "retry", "timeout", "onFailure");
        return step.names().stream()
                .filter(name -> !others.contains(name))
                .map(name -> Suggestion.text(name, ActionForms.KINDS))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private @Nullable Retry retry(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        if (!fields.has("limit")) {
            inspection.error(fields.path(), "the field \"limit\" is missing: expected how many more attempts");
        }
        int limit = fields.whole("limit", 1, 1, 100);
        Duration backoff = fields.duration("backoff", FIRST_PAUSE);
        double factor = fields.number("factor", 2, 1, 10);
        Duration longest =
                fields.duration("maxBackoff", backoff.compareTo(LONGEST_PAUSE) > 0 ? backoff : LONGEST_PAUSE);
        double jitter = fields.number("jitter", 0.2, 0, 1);
        if (longest.compareTo(backoff) < 0) {
            inspection.error(fields.path("maxBackoff"), "expected at least the backoff");
        }
        fields.end();
        return new Retry(limit, backoff, factor, longest, jitter);
    }
}
