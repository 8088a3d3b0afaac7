package dev.tiphys.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.contracts.run.RunFact.NotifyTarget;
import dev.tiphys.contracts.run.RunTrigger;
import dev.tiphys.platform.expression.Expressions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the charters of runs: the definition as it is now, its trigger and its parameters, fixed for the run's life. */
public final class Charters {
    private final Expressions expressions;

    public Charters(Expressions expressions) {
        this.expressions = expressions;
    }

    /**
     * A start by hand.
     *
     * @param key what makes a repeated request the same start
     * @param revision null if it is about no commit
     */
    public record ByHand(
            String key,
            Map<String, JsonNode> parameters,
            @Nullable String revision,
            String actor,
            Instant at) {
        public ByHand {
            parameters = Map.copyOf(parameters);
        }
    }

    /** {@return the charter of the run that an event starts} */
    public Charter forEvent(Pipeline pipeline, CloudEvent<ExternalEvent> event, Library library) {
        ExternalEvent data = event.data();
        GitChange git = data.git();
        ObjectNode scope = EventScope.of(event);
        RunTrigger trigger = git == null
                ? new RunTrigger(event.id(), null, null, null, null, null, null, null)
                : new RunTrigger(
                        event.id(),
                        git.repository(),
                        git.revision(),
                        git.ref(),
                        git.author(),
                        git.message(),
                        git.link(),
                        null);
        PipelineCompiler compiler =
                new PipelineCompiler(library, git == null ? null : git.revision(), git == null ? null : git.url());
        String id = RunIds.of(pipeline.name(), event.id(), event.time());
        String traceparent = event.causality().traceparent();
        return write(new Draft(id, pipeline, event.id(), trigger, scope, Map.of(), traceparent), compiler, List.of());
    }

    /** {@return the charter of a run that a person starts; check the parameters first} */
    public Charter byHand(Pipeline pipeline, ByHand start, Library library) {
        Optional<Definition.Repository> repository = pipeline.on().stream()
                .filter(Pipeline.Trigger.Push.class::isInstance)
                .map(Pipeline.Trigger.Push.class::cast)
                .findFirst()
                .flatMap(push -> library.find(Definition.Repository.class, push.repository()));
        ObjectNode scope = Json.mapper().createObjectNode();
        scope.put("id", start.key());
        if (start.revision() != null) {
            ObjectNode git = scope.putObject("git");
            git.put("revision", start.revision());
            repository.ifPresent(there -> git.put("repository", there.name()).put("url", there.url()));
        }
        scope.putObject("body");
        scope.putObject("headers");
        scope.putObject("attributes");
        RunTrigger trigger = new RunTrigger(
                null,
                repository.map(Definition.Repository::name).orElse(null),
                start.revision(),
                null,
                null,
                null,
                null,
                start.actor());
        PipelineCompiler compiler = new PipelineCompiler(
                library,
                start.revision(),
                repository.map(Definition.Repository::url).orElse(null));
        String id = RunIds.of(pipeline.name(), start.key(), start.at());
        return write(
                new Draft(id, pipeline, start.key(), trigger, scope, start.parameters(), null), compiler, List.of());
    }

    /**
     * {@return parameters of a start by hand, each as its type: people and shells know text only}
     *
     * <p>What is no such text stays as it is, for {@link #check} to say so.
     */
    public static Map<String, JsonNode> typed(Pipeline pipeline, Map<String, JsonNode> given) {
        Map<String, JsonNode> typed = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            Pipeline.Parameter parameter = pipeline.parameters().get(name);
            typed.put(name, parameter == null || value == null || !value.isTextual() ? value : typed(parameter, value));
        });
        return typed;
    }

    private static JsonNode typed(Pipeline.Parameter parameter, JsonNode text) {
        return switch (parameter.type()) {
            case STRING -> text;
            case NUMBER ->
                Json.exactTree(text.textValue().getBytes(UTF_8))
                        .filter(JsonNode::isNumber)
                        .orElse(text);
            case BOOLEAN ->
                Json.exactTree(text.textValue().getBytes(UTF_8))
                        .filter(JsonNode::isBoolean)
                        .orElse(text);
        };
    }

    /** {@return what is wrong with the parameters of a start by hand; empty if nothing} */
    public static List<Finding> check(Pipeline pipeline, Map<String, JsonNode> given) {
        List<Finding> findings = new ArrayList<>();
        pipeline.parameters().forEach((name, parameter) -> {
            JsonNode value = given.get(name);
            if (value == null || value.isNull()) {
                if (parameter.fallback() == null) {
                    findings.add(finding(name, "it must be given: it has no default"));
                }
                return;
            }
            String wrong = wrong(parameter, value);
            if (wrong != null) {
                findings.add(finding(name, wrong));
            }
        });
        given.keySet().stream()
                .filter(name -> !pipeline.parameters().containsKey(name))
                .forEach(name -> findings.add(finding(
                        name,
                        "pipeline " + pipeline.name() + " has no such parameter; it has "
                                + (pipeline.parameters().isEmpty()
                                        ? "none"
                                        : String.join(
                                                ", ", pipeline.parameters().keySet())))));
        return findings;
    }

    private static @Nullable String wrong(Pipeline.Parameter parameter, JsonNode value) {
        boolean fits = switch (parameter.type()) {
            case STRING -> value.isTextual();
            case NUMBER -> value.isNumber();
            case BOOLEAN -> value.isBoolean();
        };
        if (!fits) {
            return "it must be a " + parameter.type().name().toLowerCase(java.util.Locale.ROOT) + ", and is " + value;
        }
        if (value.isNumber() && !Double.isFinite(value.doubleValue())) {
            return "it must be a number of at most about 1.8e308 either way, and is larger";
        }
        if (!parameter.options().isEmpty() && !parameter.options().contains(value.asText())) {
            return "it must be one of " + String.join(", ", parameter.options()) + ", and is " + value.asText();
        }
        return null;
    }

    private static Finding finding(String name, String message) {
        return new Finding(Finding.Severity.ERROR, null, 0, 0, "parameters." + name, message);
    }

    private record Draft(
            String id,
            Pipeline pipeline,
            String key,
            RunTrigger trigger,
            JsonNode event,
            Map<String, JsonNode> given,
            @Nullable String traceparent) {}

    private Charter write(Draft draft, PipelineCompiler compiler, List<String> known) {
        Pipeline pipeline = draft.pipeline();
        List<String> defects = new ArrayList<>(known);
        Map<String, JsonNode> parameters = new LinkedHashMap<>();
        pipeline.parameters().forEach((name, parameter) -> {
            JsonNode value = draft.given().get(name);
            if (value != null && !value.isNull()) {
                parameters.put(name, value);
            } else if (parameter.fallback() != null) {
                parameters.put(name, parameter.fallback());
            } else {
                defects.add("parameter " + name + " must be given: it has no default");
            }
        });
        Plan plan = compiler.compile(pipeline);
        defects.addAll(compiler.defects());
        Charter.Line line = line(draft, parameters, defects);
        Pipeline.Notify card = pipeline.card();
        return new Charter(
                draft.id(),
                pipeline.name(),
                draft.key(),
                draft.trigger(),
                draft.event(),
                parameters,
                plan,
                line,
                card == null ? null : new NotifyTarget(card.slack(), card.workspace()),
                draft.traceparent(),
                defects);
    }

    private Charter.@Nullable Line line(Draft draft, Map<String, JsonNode> parameters, List<String> defects) {
        Pipeline.Concurrency concurrency = draft.pipeline().concurrency();
        if (concurrency == null) {
            return null;
        }
        ObjectNode scope = Json.mapper().createObjectNode();
        scope.set("event", draft.event());
        scope.set("parameters", Json.mapper().createObjectNode().setAll(parameters));
        scope.putObject("run")
                .put("id", draft.id())
                .put("pipeline", draft.pipeline().name());
        return switch (expressions.resolve(TextNode.valueOf(concurrency.key()), scope)) {
            case Expressions.Resolved<JsonNode>(var key) -> new Charter.Line(key.asText(), concurrency.rule());
            case Expressions.Unresolved<JsonNode> unresolved -> {
                defects.add("the concurrency key: " + Scope.text(unresolved));
                yield null;
            }
        };
    }
}
