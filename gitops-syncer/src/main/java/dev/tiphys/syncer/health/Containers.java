package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the containers of a pod say about themselves. */
final class Containers {
    /** Reasons of waiting that pass by themselves. */
    private static final Set<String> PASSING = Set.of("", "ContainerCreating", "PodInitializing");

    private Containers() {}

    /** The first container that does not start, or ended with an error, with its reason. */
    static Optional<String> broken(JsonNode pod) {
        return all(pod).filter(status -> isWaitingForAPerson(status) || hasFailed(status))
                .min(Comparator.comparing(status -> !isWaitingForAPerson(status)))
                .map(status -> of(status, pod) + ": "
                        + (isWaitingForAPerson(status) ? waiting(status) : ending(terminated(status), status)));
    }

    /** The first container that runs and is not ready. */
    static Optional<String> notReady(JsonNode pod) {
        return PodHealth.containers(pod, "containerStatuses")
                .filter(status -> status.path("state").hasNonNull("running"))
                .filter(status -> !status.path("ready").asBoolean())
                .findFirst()
                .map(status -> of(status, pod) + " runs and is not ready");
    }

    private static Stream<JsonNode> all(JsonNode pod) {
        return Stream.concat(
                PodHealth.containers(pod, "initContainerStatuses"), PodHealth.containers(pod, "containerStatuses"));
    }

    private static boolean isWaitingForAPerson(JsonNode status) {
        return !PASSING.contains(
                status.path("state").path("waiting").path("reason").asText(""));
    }

    private static boolean hasFailed(JsonNode status) {
        JsonNode terminated = terminated(status);
        return !terminated.isMissingNode()
                && !status.path("ready").asBoolean()
                && terminated.path("exitCode").asInt() != 0;
    }

    private static JsonNode terminated(JsonNode status) {
        JsonNode now = status.path("state").path("terminated");
        return now.isObject() ? now : status.path("lastState").path("terminated");
    }

    private static String of(JsonNode status, JsonNode pod) {
        return "container " + status.path("name").asText() + " of pod "
                + pod.path("metadata").path("name").asText();
    }

    private static String waiting(JsonNode status) {
        JsonNode waiting = status.path("state").path("waiting");
        JsonNode last = status.path("lastState").path("terminated");
        if (last.isObject()) {
            return waiting.path("reason").asText() + ", last " + ending(last, status);
        }
        return Conditions.text(waiting);
    }

    private static String ending(JsonNode terminated, JsonNode status) {
        StringBuilder text = new StringBuilder("exit code ")
                .append(terminated.path("exitCode").asInt());
        String reason = terminated.path("reason").asText("");
        if (!reason.isEmpty() && !"Error".equals(reason)) {
            text.append(" (").append(reason).append(')');
        }
        int restarts = status.path("restartCount").asInt();
        if (restarts > 0) {
            text.append(", ").append(restarts).append(restarts == 1 ? " restart" : " restarts");
        }
        String message = terminated.path("message").asText("").strip();
        return message.isEmpty()
                ? text.toString()
                : text.append(": ").append(message).toString();
    }
}
