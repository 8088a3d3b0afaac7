package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.engine.run.RunEvent.Beginning;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a leaf begins once its expressions are resolved. */
sealed interface LeafBeginning {
    /** A deployment that was given no timeout fails after this time. */
    Duration DEPLOY_TIMEOUT = Duration.ofMinutes(10);

    /** A build that was given no timeout is aborted after this time. */
    Duration JENKINS_TIMEOUT = Duration.ofHours(2);

    /** A Kubernetes Job that was given no timeout is ended after this time, and so is any leaf of another kind. */
    Duration JOB_TIMEOUT = Duration.ofHours(1);

    /** A call that was given no timeout fails after this time. */
    Duration HTTP_TIMEOUT = Duration.ofMinutes(1);

    /** An approval that was given no timeout is rejected after this time. */
    Duration APPROVAL_TIMEOUT = Duration.ofDays(3);

    Pattern COMMIT = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");

    /** It begins so. */
    record Possible(Beginning beginning) implements LeafBeginning {}

    /** It cannot. */
    record Impossible(String reason) implements LeafBeginning {}

    /** It cannot until somebody defines what is missing. */
    record Stuck(String reason) implements LeafBeginning {}

    static LeafBeginning of(Task task, JsonNode action, RunRules.Moment moment) {
        Instant now = moment.now();
        return switch (task.kind()) {
            case "deploy" -> deploy(task, action, now, moment.fence());
            case "approval" ->
                new Possible(
                        new Beginning.Ask(action.path("message").asText(), now.plus(timeout(task, APPROVAL_TIMEOUT))));
            case "wait" -> pause(task, action, now);
            case "notify" -> say(action, moment.library());
            case "jenkins" -> work(action, now.plus(timeout(task, JENKINS_TIMEOUT)));
            case "http" -> work(action, now.plus(timeout(task, HTTP_TIMEOUT)));
            default -> work(action, now.plus(timeout(task, JOB_TIMEOUT)));
        };
    }

    private static LeafBeginning deploy(Task task, JsonNode action, Instant now, long fence) {
        JsonNode given = action.path("revision");
        String revision = given.isTextual() ? given.asText() : null;
        if (revision != null && !COMMIT.matcher(revision).matches()) {
            return new Impossible("revision " + revision + " is not a commit of 40 hex digits");
        }
        return new Possible(new Beginning.Deploy(
                action.path("application").asText(), revision, fence, now.plus(timeout(task, DEPLOY_TIMEOUT))));
    }

    private static LeafBeginning say(JsonNode action, Library library) {
        String workspace = action.path("workspace").asText("default");
        if (library.find(Definition.SlackWorkspace.class, workspace).isEmpty()) {
            return new Stuck("there is no SlackWorkspace " + workspace);
        }
        return new Possible(new Beginning.Say(
                action.path("slack").asText(), workspace, action.path("text").asText()));
    }

    private static LeafBeginning pause(Task task, JsonNode action, Instant now) {
        String text = action.path("duration").asText();
        try {
            Instant until = now.plus(Duration.parse(text));
            Instant deadline = task.timeout() == null ? null : now.plus(task.timeout());
            return new Possible(
                    new Beginning.Pause(until, deadline != null && deadline.isBefore(until) ? deadline : null));
        } catch (DateTimeParseException e) {
            return new Impossible("step " + task.name() + " waits for " + text + ", which is no duration");
        }
    }

    private static LeafBeginning work(JsonNode action, Instant deadline) {
        return new Possible(new Beginning.Work(action, deadline));
    }

    private static Duration timeout(Task task, Duration fallback) {
        Duration given = task.timeout();
        return given == null ? fallback : given;
    }

    /** {@return the timeout that an attempt of the task has, for texts; null if a group was given none} */
    static @Nullable Duration timeoutOf(Task task) {
        return switch (task.kind()) {
            case "deploy" -> timeout(task, DEPLOY_TIMEOUT);
            case "approval" -> timeout(task, APPROVAL_TIMEOUT);
            case "jenkins" -> timeout(task, JENKINS_TIMEOUT);
            case "http" -> timeout(task, HTTP_TIMEOUT);
            default -> task.nested().isEmpty() ? timeout(task, JOB_TIMEOUT) : task.timeout();
        };
    }
}
