package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The simulated node. Annotations on a pod steer it: {@code sandbox.tiphys.dev/waiting} (a reason: containers never
 * start), {@code …/exit-code}, {@code …/ready-after} and {@code …/runs-for}. A job's pod ends with code 0 by itself.
 */
final class Pods implements Controller {

    static final String NODE = "sandbox";
    private static final String PREFIX = "sandbox.tiphys.dev/";
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");

    private final Cluster cluster;
    /** Since when a pod is, and since when it runs; objects know whole seconds only. */
    private final Map<String, Instant> since = new HashMap<>();

    Pods(Cluster cluster) {
        this.cluster = cluster;
    }

    static boolean isReady(JsonNode pod) {
        return Conditions.isTrue(pod.path("status"), "Ready");
    }

    static boolean isAvailable(JsonNode pod, int minReadySeconds, Instant now) {
        return Conditions.find(pod.path("status"), "Ready")
                .filter(ready -> ready.path("status").asText().equals("True"))
                .map(ready -> Instant.parse(ready.path("lastTransitionTime").asText()))
                .filter(since -> !now.isBefore(since.plusSeconds(minReadySeconds)))
                .isPresent();
    }

    static boolean hasEnded(JsonNode pod) {
        String phase = pod.path("status").path("phase").asText();
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** A number in Go's notation of durations, zero if it is none. */
    static Duration duration(String text) {
        Duration all = Duration.ZERO;
        Matcher part = DURATION_PART.matcher(text);
        while (part.find()) {
            double number = Double.parseDouble(part.group(1));
            double unit = switch (part.group(2)) {
                case "ms" -> 1;
                case "s" -> 1_000;
                case "m" -> 60_000;
                default -> 3_600_000;
            };
            all = all.plusMillis(Math.round(number * unit));
        }
        return all;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode pod) {
        if (Trees.isLeaving(pod) || hasEnded(pod)) {
            since.remove(Trees.uid(pod));
            since.remove(Trees.uid(pod) + "/running");
            return Optional.empty();
        }
        if (pod.path("spec").path("nodeName").asText("").isEmpty()) {
            cluster.change(
                    pod,
                    live -> live.withObjectProperty("spec").put("nodeName", NODE),
                    new Writer("kube-scheduler", false));
            return Optional.empty();
        }
        if (!annotation(pod, "waiting").isEmpty()) {
            if (!pod.path("status").has("startTime")) {
                cluster.setStatus(pod, waiting(pod), Writer.NODE);
            }
            return Optional.empty();
        }
        if (!pod.path("status").has("podIP")) {
            return after("ready-after", pod, Trees.uid(pod), () -> running(pod));
        }
        return end(pod);
    }

    private Optional<Duration> end(ObjectNode pod) {
        String code = annotation(pod, "exit-code");
        boolean restarts = pod.path("spec").path("restartPolicy").asText().equals("Always");
        String running = Trees.uid(pod) + "/running";
        if (restarts && !code.isEmpty()) {
            return isReady(pod) ? after("runs-for", pod, running, () -> crashed(pod, code)) : Optional.empty();
        }
        if (!restarts && (!code.isEmpty() || isOfJob(pod))) {
            return after("runs-for", pod, running, () -> ended(pod, code.isEmpty() ? "0" : code));
        }
        return Optional.empty();
    }

    private interface Status {
        ObjectNode make();
    }

    private Optional<Duration> after(String annotation, ObjectNode pod, String clockName, Status next) {
        Instant start = since.computeIfAbsent(clockName, _ -> cluster.now());
        Duration rest = Duration.between(cluster.now(), start.plus(duration(annotation(pod, annotation))));
        if (rest.isPositive()) {
            if (!pod.path("status").path("conditions").isArray()) {
                cluster.setStatus(pod, scheduled(pod), Writer.NODE);
            }
            return Optional.of(rest);
        }
        since.remove(clockName);
        cluster.setStatus(pod, next.make(), Writer.NODE);
        return Optional.empty();
    }

    private ObjectNode scheduled(ObjectNode pod) {
        ObjectNode status = pod.path("status") instanceof ObjectNode old ? old.deepCopy() : Trees.object();
        status.put("phase", "Pending").put("qosClass", "BestEffort");
        Conditions.set(status, "PodScheduled", "True", "", "", time());
        return status;
    }

    private ObjectNode waiting(ObjectNode pod) {
        String reason = annotation(pod, "waiting");
        ObjectNode status = scheduled(pod).put("startTime", time());
        Conditions.set(status, "Initialized", "True", "", "", time());
        unready(status, "ContainersNotReady");
        containers(pod, status, (container, entry) -> {
            entry.put("ready", false).put("started", false);
            entry.withObjectProperty("state")
                    .putObject("waiting")
                    .put("reason", reason)
                    .put(
                            "message",
                            "simulated: " + reason + " for "
                                    + container.path("image").asText());
        });
        return status;
    }

    private ObjectNode running(ObjectNode pod) {
        ObjectNode status = scheduled(pod);
        String address = "10.244." + (Trees.uid(pod).hashCode() >> 8 & 255) + "."
                + (Trees.uid(pod).hashCode() & 255);
        status.put("phase", "Running")
                .put("startTime", time())
                .put("hostIP", "127.0.0.1")
                .put("podIP", address);
        status.putArray("hostIPs").addObject().put("ip", "127.0.0.1");
        status.putArray("podIPs").addObject().put("ip", address);
        for (String type : new String[] {"Initialized", "Ready", "ContainersReady"}) {
            Conditions.set(status, type, "True", "", "", time());
        }
        for (JsonNode gate : pod.path("spec").path("readinessGates")) {
            Conditions.set(status, gate.path("conditionType").asText(), "True", "", "", time());
        }
        containers(pod, status, (_, entry) -> {
            entry.put("ready", true).put("started", true);
            entry.withObjectProperty("state").putObject("running").put("startedAt", time());
        });
        ArrayNode init = Trees.object().putArray("initContainerStatuses");
        for (JsonNode container : pod.path("spec").path("initContainers")) {
            ObjectNode entry = entry(container, init).put("ready", true).put("started", false);
            terminated(entry.withObjectProperty("state"), "0", "Completed", time());
        }
        if (!init.isEmpty()) {
            status.set("initContainerStatuses", init);
        }
        return status;
    }

    private ObjectNode ended(ObjectNode pod, String code) {
        boolean good = code.equals("0");
        String start = pod.path("status").path("startTime").asText();
        ObjectNode status = scheduled(pod).put("phase", good ? "Succeeded" : "Failed");
        unready(status, "PodCompleted");
        containers(pod, status, (_, entry) -> {
            entry.put("ready", false).put("started", false);
            terminated(entry.withObjectProperty("state"), code, good ? "Completed" : "Error", start);
        });
        return status;
    }

    private ObjectNode crashed(ObjectNode pod, String code) {
        String start = pod.path("status").path("startTime").asText();
        ObjectNode status = scheduled(pod).put("phase", "Running");
        unready(status, "ContainersNotReady");
        containers(pod, status, (_, entry) -> {
            entry.put("ready", false).put("started", false).put("restartCount", 3);
            entry.withObjectProperty("state")
                    .putObject("waiting")
                    .put("reason", "CrashLoopBackOff")
                    .put("message", "simulated: back-off restarting failed container");
            terminated(entry.withObjectProperty("lastState"), code, "Error", start);
        });
        return status;
    }

    private void unready(ObjectNode status, String reason) {
        Conditions.set(status, "Ready", "False", reason, "", time());
        Conditions.set(status, "ContainersReady", "False", reason, "", time());
    }

    private interface Fill {
        void accept(JsonNode container, ObjectNode entry);
    }

    private static void containers(ObjectNode pod, ObjectNode status, Fill fill) {
        ArrayNode entries = status.putArray("containerStatuses");
        for (JsonNode container : pod.path("spec").path("containers")) {
            fill.accept(container, entry(container, entries));
        }
    }

    private static ObjectNode entry(JsonNode container, ArrayNode entries) {
        return entries.addObject()
                .put("name", container.path("name").asText())
                .put("image", container.path("image").asText())
                .put("imageID", "")
                .put("restartCount", 0);
    }

    private void terminated(ObjectNode state, String code, String reason, String start) {
        int number = code.matches("-?\\d{1,9}") ? Integer.parseInt(code) : 1;
        state.putObject("terminated")
                .put("exitCode", number)
                .put("reason", reason)
                .put("startedAt", start)
                .put("finishedAt", time());
    }

    private static boolean isOfJob(JsonNode pod) {
        for (JsonNode owner : pod.path("metadata").path("ownerReferences")) {
            if (owner.path("kind").asText().equals("Job")) {
                return true;
            }
        }
        return false;
    }

    private static String annotation(JsonNode pod, String name) {
        return pod.path("metadata").path("annotations").path(PREFIX + name).asText("");
    }

    private String time() {
        return Trees.time(cluster.now());
    }
}
