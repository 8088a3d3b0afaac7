package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Runs the pods of a job until enough succeeded or too many failed. */
final class Jobs implements Controller {

    /** Kubernetes waits from ten seconds on, doubling; a sandbox should not make people wait. */
    private static final Duration BEFORE_RETRY = Duration.ofSeconds(1);

    private final Cluster cluster;

    Jobs(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode job) {
        if (Trees.isLeaving(job)) {
            return Optional.empty();
        }
        JsonNode before = job.path("status");
        if (Conditions.isTrue(before, "Complete") || Conditions.isTrue(before, "Failed")) {
            return expire(job);
        }
        ObjectNode status = before instanceof ObjectNode old ? old.deepCopy() : Trees.object();
        status.withObjectProperty("uncountedTerminatedPods");
        Optional<Duration> next =
                job.path("spec").path("suspend").asBoolean() ? suspend(job, status) : run(job, status);
        cluster.setStatus(job, status, Writer.CONTROLLER);
        return next;
    }

    private Optional<Duration> expire(ObjectNode job) {
        JsonNode life = job.path("spec").path("ttlSecondsAfterFinished");
        if (!life.isInt()) {
            return Optional.empty();
        }
        Instant ended = Conditions.find(
                        job.path("status"), Conditions.isTrue(job.path("status"), "Complete") ? "Complete" : "Failed")
                .map(condition ->
                        Instant.parse(condition.path("lastTransitionTime").asText()))
                .orElseThrow();
        Duration rest = Duration.between(cluster.now(), ended.plusSeconds(life.asInt()));
        if (rest.isPositive()) {
            return Optional.of(rest);
        }
        cluster.delete(job);
        return Optional.empty();
    }

    private Optional<Duration> suspend(ObjectNode job, ObjectNode status) {
        active(job).forEach(cluster::delete);
        status.remove(List.of("active", "ready", "startTime"));
        Conditions.set(status, "Suspended", "True", "JobSuspended", "Job suspended", time());
        return Optional.empty();
    }

    private Optional<Duration> run(ObjectNode job, ObjectNode status) {
        if (Conditions.isTrue(status, "Suspended")) {
            Conditions.set(status, "Suspended", "False", "JobResumed", "Job resumed", time());
        }
        if (!status.has("startTime")) {
            status.put("startTime", time());
        }
        List<ObjectNode> pods = cluster.controlled(job, "Pod");
        int succeeded = ended(pods, "Succeeded");
        int failed = ended(pods, "Failed");
        Optional<Duration> next = decide(job, status, succeeded, failed);
        List<ObjectNode> active = active(job);
        Counts.put(status, "active", active.size());
        status.put("ready", (int) active.stream().filter(Pods::isReady).count()).put("terminating", 0);
        Counts.put(status, "succeeded", succeeded);
        Counts.put(status, "failed", failed);
        return next;
    }

    private Optional<Duration> decide(ObjectNode job, ObjectNode status, int succeeded, int failed) {
        JsonNode spec = job.path("spec");
        int wanted = spec.path("completions").asInt(1);
        if (failed > spec.path("backoffLimit").asInt()) {
            return fail(job, status, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }
        Duration untilDeadline = untilDeadline(spec, status);
        if (!untilDeadline.isPositive()) {
            return fail(job, status, "DeadlineExceeded", "Job was active longer than specified deadline");
        }
        if (succeeded >= wanted) {
            active(job).forEach(cluster::delete);
            String message = "Reached expected number of succeeded pods";
            Conditions.set(status, "SuccessCriteriaMet", "True", "CompletionsReached", message, time());
            Conditions.set(status, "Complete", "True", "CompletionsReached", message, time());
            status.put("completionTime", time());
            return spec.has("ttlSecondsAfterFinished") ? Optional.of(Duration.ZERO) : Optional.empty();
        }
        Duration pause = pause(job, failed);
        if (pause.isPositive()) {
            return Optional.of(pause.compareTo(untilDeadline) < 0 ? pause : untilDeadline);
        }
        int missing = Math.min(spec.path("parallelism").asInt(1), wanted - succeeded)
                - active(job).size();
        for (int i = 0; i < missing; i++) {
            cluster.create("/pods", Cluster.podOf(job, spec.path("template")));
        }
        return spec.has("activeDeadlineSeconds") ? Optional.of(untilDeadline) : Optional.empty();
    }

    private Optional<Duration> fail(ObjectNode job, ObjectNode status, String reason, String message) {
        active(job).forEach(cluster::delete);
        Conditions.set(status, "FailureTarget", "True", reason, message, time());
        Conditions.set(status, "Failed", "True", reason, message, time());
        return job.path("spec").has("ttlSecondsAfterFinished") ? Optional.of(Duration.ZERO) : Optional.empty();
    }

    private Duration untilDeadline(JsonNode spec, JsonNode status) {
        if (!spec.has("activeDeadlineSeconds")) {
            return Duration.ofDays(365);
        }
        Instant start = Instant.parse(status.path("startTime").asText());
        return Duration.between(
                cluster.now(),
                start.plusSeconds(spec.path("activeDeadlineSeconds").asInt()));
    }

    private Duration pause(ObjectNode job, int failed) {
        if (failed == 0) {
            return Duration.ZERO;
        }
        Instant last = Instant.EPOCH;
        for (ObjectNode pod : cluster.controlled(job, "Pod")) {
            for (JsonNode container : pod.path("status").path("containerStatuses")) {
                String end = container
                        .path("state")
                        .path("terminated")
                        .path("finishedAt")
                        .asText("");
                if (!end.isEmpty() && Instant.parse(end).isAfter(last)) {
                    last = Instant.parse(end);
                }
            }
        }
        return Duration.between(cluster.now(), last.plus(BEFORE_RETRY));
    }

    private List<ObjectNode> active(ObjectNode job) {
        return cluster.controlled(job, "Pod").stream()
                .filter(pod -> !Trees.isLeaving(pod) && !Pods.hasEnded(pod))
                .toList();
    }

    private static int ended(List<ObjectNode> pods, String phase) {
        return (int) pods.stream()
                .filter(pod -> pod.path("status").path("phase").asText().equals(phase))
                .count();
    }

    private String time() {
        return Trees.time(cluster.now());
    }
}
