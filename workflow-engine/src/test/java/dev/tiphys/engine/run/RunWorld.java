package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.run.RunInput.Judgement;
import dev.tiphys.engine.run.RunInput.Timer;
import dev.tiphys.engine.run.RunInput.TimerFired;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.platform.expression.Expressions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run and its moment: hands in inputs, keeps the facts and what follows from them. No I/O. */
public final class RunWorld {
    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    public static final String REVISION = "1234567890123456789012345678901234567890";

    private static final Definition WORKSPACE =
            DefinitionReader.read("slack.yaml", """
                    apiVersion: tiphys.dev/v1
                    kind: SlackWorkspace
                    metadata: {name: default}
                    spec: {webhook: {secretRef: {name: slack, key: url}}}
                    """).documents().getFirst().definition();

    private final RunRules rules = new RunRules(new SimpleExpressions());
    private final List<RunEvent> facts = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private List<? extends Definition> definitions = List.of(WORKSPACE);
    private Run run = new Run.Absent();
    private Instant now = NOON;
    private long fence;

    /** Stands in for CEL: {@code true}, {@code false}, and paths of names. */
    public static final class SimpleExpressions implements Expressions {
        @Override
        public Result<JsonNode> resolve(JsonNode template, JsonNode scope) {
            String text = template.toString();
            int at = text.indexOf("${{");
            if (at < 0) {
                return new Resolved<>(template);
            }
            String expression = text.substring(at + 3, text.indexOf("}}", at)).strip();
            JsonNode value = scope.at("/" + expression.replace('.', '/'));
            if (value.isMissingNode()) {
                return new Unresolved<>(expression, "there is no such key", List.of("event", "run"));
            }
            String replaced = text.substring(0, at) + value.asText() + text.substring(text.indexOf("}}", at) + 2);
            try {
                return resolve(Json.mapper().readTree(replaced), scope);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public Result<Boolean> test(String condition, JsonNode scope) {
            return switch (condition) {
                case "true" -> new Resolved<>(true);
                case "false" -> new Resolved<>(false);
                default -> new Unresolved<>(condition, "it is no boolean", List.of());
            };
        }

        @Override
        public @Nullable String check(String text) {
            return null;
        }
    }

    public static Charter charter(String yaml) {
        return charter(yaml, "key");
    }

    public static Charter charter(String yaml, String key) {
        DefinitionReader.Reading reading = DefinitionReader.read("test.yaml", """
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: shop, namespace: argocd}
                spec:
                  project: default
                  source: {repoURL: https://github.com/acme/shop.git, path: deploy, targetRevision: main}
                  destination: {server: https://kubernetes.default.svc, namespace: shop}
                ---
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: p}
                spec:
                """ + yaml.indent(2));
        if (reading.findings().stream()
                .anyMatch(each -> each.severity() == dev.tiphys.contracts.definition.Finding.Severity.ERROR)) {
            throw new IllegalArgumentException(reading.findings().toString());
        }
        List<Definition> definitions = reading.documents().stream()
                .map(DefinitionReader.Document::definition)
                .toList();
        Library library = library(definitions);
        Pipeline pipeline = library.find(Pipeline.class, "p").orElseThrow();
        return new Charters(new SimpleExpressions())
                .byHand(pipeline, new Charters.ByHand(key, Map.of(), REVISION, "ann", NOON), library);
    }

    public static Library library(List<? extends Definition> definitions) {
        return new Library() {
            @Override
            public <T extends Definition> Optional<T> find(Class<T> kind, String name) {
                return ofKind(kind).stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst();
            }

            @Override
            public <T extends Definition> List<T> ofKind(Class<T> kind) {
                return Definition.ofKind(definitions, kind);
            }
        };
    }

    public static RunWorld started(String yaml) {
        RunWorld world = new RunWorld();
        world.accept(new RunInput.Start(charter(yaml)));
        return world;
    }

    /** A world in which a Slack workspace is defined, or none. */
    public RunWorld withWorkspace(boolean isDefined) {
        definitions = isDefined ? List.of(WORKSPACE) : List.of();
        return this;
    }

    public Decision give(RunInput input) {
        fence++;
        Decision decision = rules.decide(run, input, new RunRules.Moment(now, fence, library(definitions)));
        if (decision instanceof Decision.Accepted(var events)) {
            for (RunEvent event : events) {
                Run before = run;
                run = RunRules.evolve(run, event);
                facts.add(event);
                effects.addAll(Effects.of(before, event, (Run.Present) run));
            }
        }
        return decision;
    }

    public void accept(RunInput input) {
        if (give(input) instanceof Decision.Refused refused) {
            throw new AssertionError(input + " was refused: " + refused);
        }
    }

    public Decision.Refused refused(RunInput input) {
        if (give(input) instanceof Decision.Refused refused) {
            return refused;
        }
        throw new AssertionError(input + " was not refused");
    }

    public RunWorld pass(Duration time) {
        now = now.plus(time);
        return this;
    }

    public void succeed(String step) {
        accept(new RunInput.LeafReported(step, attempt(step), 1, new LeafOutcome.Succeeded(Map.of(), null)));
    }

    public void fail(String step, String reason) {
        accept(new RunInput.LeafReported(step, attempt(step), 1, new LeafOutcome.Failed(reason, null, Map.of())));
    }

    public void report(String step, LeafOutcome outcome) {
        accept(new RunInput.LeafReported(step, attempt(step), 1, outcome));
    }

    public void fire(String step, Timer timer) {
        accept(new TimerFired(step, attempt(step), timer));
    }

    public void judge(String step, Judgement judgement) {
        accept(new RunInput.Judge(step, judgement, "ann", "so be it"));
    }

    public SyncFact.SyncFinished synced(String step, SyncFact.Outcome outcome, List<SyncFact.Problem> problems) {
        StepState.Deploying deploying = (StepState.Deploying) state(step);
        DeployedBy by = new DeployedBy(
                present().charter().id(), "p", step, deploying.attempt().number(), deploying.fence());
        return new SyncFact.SyncFinished(
                deploying.application(),
                "op",
                REVISION,
                by,
                outcome,
                "said the syncer",
                problems,
                SyncFact.Changes.NONE);
    }

    public int attempt(String step) {
        return RunRules.spent(state(step));
    }

    public Run.Present present() {
        return (Run.Present) run;
    }

    public Run run() {
        return run;
    }

    public Instant now() {
        return now;
    }

    public List<RunEvent> facts() {
        return List.copyOf(facts);
    }

    public List<Effect> effects() {
        return List.copyOf(effects);
    }

    public <T extends Effect> List<T> effects(Class<T> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    public StepState state(String step) {
        return Optional.ofNullable(present().steps().get(step)).orElseThrow();
    }

    public String word(String step) {
        return StepView.stateOf(state(step)).word();
    }

    public @Nullable String reason(String step) {
        return StepView.of(step, "", state(step)).reason();
    }

    public String verdict() {
        return run instanceof Run.Finished finished ? finished.verdict().state().word() : "unfinished";
    }

    public @Nullable String why() {
        return run instanceof Run.Finished finished ? finished.verdict().reason() : null;
    }
}
