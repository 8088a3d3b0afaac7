package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.platform.expression.Expressions.Unresolved;

/** What expressions see: {@code event}, {@code run}, {@code parameters}, {@code steps.<name>.state} and {@code .outputs}. */
final class Scope {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Scope() {}

    static ObjectNode of(Run.Present run) {
        Charter charter = run.charter();
        ObjectNode scope = JSON.objectNode();
        scope.set("event", charter.event());
        scope.set("run", JSON.objectNode().put("id", charter.id()).put("pipeline", charter.pipeline()));
        scope.set("parameters", JSON.objectNode().setAll(charter.parameters()));
        ObjectNode steps = scope.putObject("steps");
        run.steps().forEach((name, state) -> steps.set(name, step(state)));
        return scope;
    }

    static String text(Unresolved<?> unresolved) {
        String known = unresolved.known().isEmpty() ? "" : "; known there: " + String.join(", ", unresolved.known());
        return unresolved.expression() + " cannot be resolved: " + unresolved.reason() + known;
    }

    private static ObjectNode step(StepState state) {
        ObjectNode step = JSON.objectNode();
        step.put("state", StepView.stateOf(state).word());
        ObjectNode outputs = step.putObject("outputs");
        if (state instanceof StepState.Ended ended) {
            outputs.setAll(ended.outputs());
        }
        return step;
    }
}
