package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.sync.HealthStatus;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Argo CD's rules for pods. */
final class PodHealth {
    private static final String IGNORE_RESTART_POLICY = "argocd.argoproj.io/ignore-restart-policy";
    private static final String HOOK = "argocd.argoproj.io/hook";

    private PodHealth() {}

    static Health of(JsonNode pod) {
        String message = pod.path("status").path("message").asText("");
        boolean restarts =
                "Always".equals(pod.path("spec").path("restartPolicy").asText());
        List<JsonNode> broken = containers(pod, "containerStatuses")
                .map(status -> status.path("state").path("waiting"))
                .filter(PodHealth::isError)
                .toList();
        if ((restarts || ignoresRestartPolicy(pod)) && !broken.isEmpty()) {
            return Health.degraded(
                    broken.stream().map(PodHealth::messageOrReason).collect(Collectors.joining(", ")));
        }
        return switch (pod.path("status").path("phase").asText()) {
            case "Pending" -> Health.progressing(message);
            case "Succeeded" -> Health.healthy(message);
            case "Failed" -> Health.degraded(message.isEmpty() ? firstFailure(pod) : message);
            case "Running" -> restarts ? running(pod, message) : Health.progressing(message);
            default -> new Health(HealthStatus.UNKNOWN, message);
        };
    }

    private static Health running(JsonNode pod, String message) {
        if (Conditions.holding(pod, "Ready").isPresent()) {
            return Health.healthy(message);
        }
        boolean endedBefore = containers(pod, "containerStatuses")
                .anyMatch(status -> status.path("lastState").hasNonNull("terminated"));
        return endedBefore ? Health.degraded(message) : Health.progressing(message);
    }

    private static boolean ignoresRestartPolicy(JsonNode pod) {
        JsonNode annotations = pod.path("metadata").path("annotations");
        return "true".equals(annotations.path(IGNORE_RESTART_POLICY).asText()) && !annotations.has(HOOK);
    }

    /** Whether a waiting container will not start by itself. */
    static boolean isError(JsonNode waiting) {
        String reason = waiting.path("reason").asText("");
        return reason.startsWith("Err") || reason.endsWith("Error") || reason.endsWith("BackOff");
    }

    private static String messageOrReason(JsonNode waiting) {
        String message = waiting.path("message").asText("");
        return message.isEmpty() ? waiting.path("reason").asText("") : message;
    }

    private static String firstFailure(JsonNode pod) {
        return Stream.concat(containers(pod, "initContainerStatuses"), containers(pod, "containerStatuses"))
                .map(PodHealth::failure)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static String failure(JsonNode status) {
        JsonNode terminated = status.path("state").path("terminated");
        String message = terminated.path("message").asText("");
        if (!message.isEmpty()) {
            return message;
        }
        if ("OOMKilled".equals(terminated.path("reason").asText())) {
            return "OOMKilled";
        }
        int exitCode = terminated.path("exitCode").asInt();
        return exitCode == 0
                ? ""
                : "container \"" + status.path("name").asText() + "\" failed with exit code " + exitCode;
    }

    static Stream<JsonNode> containers(JsonNode pod, String field) {
        return pod.path("status").path(field).valueStream();
    }
}
