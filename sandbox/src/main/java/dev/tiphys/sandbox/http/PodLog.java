package dev.tiphys.sandbox.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.ApiFailure;
import dev.tiphys.sandbox.objects.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The log of a simulated container: two fixed lines, once it has run. */
final class PodLog {

    private static final List<String> LINES = List.of("simulated output, line 1", "simulated output, line 2");
    private static final List<String> TIMES =
            List.of("2026-01-01T00:00:01.000000000Z", "2026-01-01T00:00:02.000000000Z");

    private PodLog() {}

    static String of(ObjectNode pod, Request request) {
        String container = container(pod, request.parameter("container"));
        for (JsonNode status : pod.path("status").path("containerStatuses")) {
            JsonNode waiting = status.path("state").path("waiting");
            boolean ran = status.path("lastState").has("terminated");
            if (status.path("name").asText().equals(container) && waiting.isObject() && !ran) {
                throw isWaiting(pod, container, waiting.path("reason").asText());
            }
        }
        if (pod.path("status").path("containerStatuses").isEmpty()) {
            throw isWaiting(pod, container, "ContainerCreating");
        }
        int from = Math.max(0, LINES.size() - request.number("tailLines").orElse(LINES.size()));
        StringBuilder text = new StringBuilder();
        for (int i = from; i < LINES.size(); i++) {
            text.append(request.flag("timestamps") ? TIMES.get(i) + " " : "")
                    .append(LINES.get(i))
                    .append('\n');
        }
        return text.toString();
    }

    private static String container(ObjectNode pod, String wanted) {
        List<String> names = new ArrayList<>();
        pod.path("spec")
                .path("containers")
                .forEach(container -> names.add(container.path("name").asText()));
        List<String> all = new ArrayList<>(names);
        pod.path("spec")
                .path("initContainers")
                .forEach(container -> all.add(container.path("name").asText()));
        if (wanted.isEmpty() && names.size() > 1) {
            throw ApiFailure.badRequest("a container name must be specified for pod " + Trees.name(pod)
                    + ", choose one of: " + names.stream().collect(Collectors.joining(" ", "[", "]")));
        }
        String chosen = wanted.isEmpty() ? names.getFirst() : wanted;
        if (!all.contains(chosen)) {
            throw ApiFailure.badRequest("container " + chosen + " is not valid for pod " + Trees.name(pod));
        }
        return chosen;
    }

    private static ApiFailure isWaiting(ObjectNode pod, String container, String reason) {
        return ApiFailure.badRequest(
                "container \"" + container + "\" in pod \"" + Trees.name(pod) + "\" is waiting to start: " + reason);
    }
}
