package dev.tiphys.engine.work.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeaseLost;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ScalableResource;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One lease of one attempt. The Job's name is the attempt's: whoever finds it taken by this attempt goes on with what is
 * there. Writes to the cluster: the Job, and its deletion where it is ended early.
 */
final class JobAttempt {
    private static final String GONE =
            "it is gone: it ended and its time to live passed, or somebody deleted it;" + " its result is unknown";

    private final LeafWork work;
    private final Pipeline.Action.Job action;
    private final KubernetesClient client;
    private final LeafLedger ledger;
    private final Clock clock;
    private final JobPatience patience;
    private final String name;

    private @Nullable Wait shown;
    private @Nullable Instant cannotStartSince;
    private Instant asked = Instant.EPOCH;
    private @Nullable String troubled;
    private @Nullable String trouble;
    private Instant seen = Instant.EPOCH;
    private @Nullable String podName;
    private long kept;

    JobAttempt(
            LeafWork work,
            Pipeline.Action.Job action,
            KubernetesClient client,
            LeafLedger ledger,
            Clock clock,
            JobPatience patience) {
        this.work = work;
        this.action = action;
        this.client = client;
        this.ledger = ledger;
        this.clock = clock;
        this.patience = patience;
        this.name = JobManifest.name(work);
        JsonNode progress = work.progress();
        if (progress != null && progress.has("pod")) {
            podName = progress.path("pod").textValue();
            kept = progress.path("kept").longValue();
        }
    }

    /** Something to do with the cluster; null means not yet. */
    private interface Part {
        @Nullable
        LeafOutcome take() throws LeaseLost, InterruptedException;
    }

    LeafOutcome perform() throws LeaseLost, InterruptedException {
        JsonNode progress = work.progress();
        if (progress == null || !progress.path("created").asBoolean()) {
            LeafOutcome refused = patiently(this::create);
            if (refused != null) {
                return refused;
            }
        }
        LeafOutcome outcome = patiently(this::watch);
        return outcome == null ? failed("it could not be watched", Map.of()) : outcome;
    }

    /** Tries until the cluster answers. */
    private @Nullable LeafOutcome patiently(Part part) throws LeaseLost, InterruptedException {
        Duration pause = Duration.ZERO;
        for (int failures = 1; ; failures++) {
            if (ledger.cancelledWithin(pause)) {
                return end();
            }
            try {
                return part.take();
            } catch (KubernetesClientException | VertxException e) {
                if (!mayPass(e)) {
                    return new LeafOutcome.Stuck("Job " + place() + ": " + says(e), null);
                }
                waiting("cluster", "it does not answer: " + says(e));
                pause = patience.away()
                        .after(failures, ThreadLocalRandom.current().nextDouble());
            }
        }
    }

    private @Nullable LeafOutcome create() throws LeaseLost {
        Job job;
        try {
            job = JobManifest.write(work, action, Duration.between(clock.instant(), work.deadline()));
        } catch (IllegalArgumentException e) {
            return new LeafOutcome.Stuck("the job's resources are not as Kubernetes has them", null);
        }
        try {
            client.resource(job).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                return new LeafOutcome.Stuck(
                        "namespace " + action.namespace() + " does not exist: create it, then retry", null);
            }
            if (e.getCode() != 409) {
                throw e;
            }
            Job there = resource().get();
            if (there == null || !work.idempotencyKey().equals(attemptOf(there))) {
                return new LeafOutcome.Stuck("a Job " + place() + " is there that is not of this attempt", null);
            }
        }
        save();
        return null;
    }

    private LeafOutcome watch() throws LeaseLost, InterruptedException {
        waiting("job", "its pod");
        try (JobWatch watch = new JobWatch(client, action.namespace(), name)) {
            PodLog log = null;
            seen = clock.instant();
            try {
                while (true) {
                    Job job = watch.job();
                    if (job == null) {
                        return failed(GONE, Map.of());
                    }
                    Pod pod = watch.pod();
                    log = logOf(log, pod, watch);
                    if (log != null) {
                        keep(log, log.take());
                    }
                    JobCondition end = end(job);
                    if (end != null) {
                        return ended(end, log);
                    }
                    String cannotStart = pod == null ? null : ContainerStory.cannotStart(pod);
                    if (cannotStart != null && lasts()) {
                        resource()
                                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                                .delete();
                        return failed("its container cannot start: " + cannotStart, Map.of());
                    }
                    cannotStartSince = cannotStart == null ? null : cannotStartSince;
                    if (isBlind(watch)) {
                        waiting("cluster", "it does not answer: the watch of the job was interrupted");
                    } else {
                        waiting("job", waitsFor(job, pod));
                    }
                    watch.await(patience.look());
                    if (ledger.cancelledWithin(Duration.ZERO)) {
                        return end();
                    }
                }
            } finally {
                if (log != null) {
                    log.close();
                }
            }
        }
    }

    /** {@return what would let it go on; events are asked only while nothing runs, and not of the first moment} */
    private String waitsFor(Job job, @Nullable Pod pod) {
        String told = pod == null ? "its pod" : ContainerStory.waitsFor(pod);
        if (pod != null && ContainerStory.hasLog(pod)) {
            return told;
        }
        Instant now = clock.instant();
        String uid = (pod == null ? job : pod).getMetadata().getUid();
        if (!uid.equals(troubled)) {
            troubled = uid;
            asked = now;
            trouble = null;
        }
        if (!now.isBefore(asked.plus(patience.reasons()))) {
            asked = now;
            trouble = trouble(uid);
        }
        return trouble == null ? told : trouble;
    }

    private @Nullable String trouble(String uid) {
        try {
            return PodTrouble.of(client.v1()
                    .events()
                    .inNamespace(action.namespace())
                    .withField("involvedObject.uid", uid)
                    .list()
                    .getItems());
        } catch (KubernetesClientException e) {
            if (mayPass(e)) {
                throw e;
            }
            return "its pod; why it does not run cannot be seen, for the engine may not list events: " + says(e);
        }
    }

    private @Nullable PodLog logOf(@Nullable PodLog log, @Nullable Pod pod, JobWatch watch) {
        if (pod == null || !ContainerStory.hasLog(pod)) {
            return log;
        }
        String current = pod.getMetadata().getName();
        if (log != null && current.equals(podName)) {
            return log;
        }
        if (log != null) {
            log.close();
        }
        kept = current.equals(podName) ? kept : 0;
        podName = current;
        PodLog followed = new PodLog(client, action.namespace(), current, kept, watch::wake);
        followed.follow();
        return followed;
    }

    private void keep(PodLog log, String text) throws LeaseLost {
        if (!text.isEmpty()) {
            ledger.log(text);
        }
        if (log.kept() != kept) {
            kept = log.kept();
            save();
        }
    }

    private static @Nullable JobCondition end(Job job) {
        List<JobCondition> conditions =
                job.getStatus() == null ? List.of() : job.getStatus().getConditions();
        return conditions.stream()
                .filter(condition -> "True".equals(condition.getStatus())
                        && ("Complete".equals(condition.getType()) || "Failed".equals(condition.getType())))
                .findFirst()
                .orElse(null);
    }

    private LeafOutcome ended(JobCondition condition, @Nullable PodLog followed) throws LeaseLost {
        // The Job's end may be seen before its pod's.
        Pod pod = client
                .pods()
                .inNamespace(action.namespace())
                .withLabel(JobManifest.JOB_LABEL, name)
                .list()
                .getItems()
                .stream()
                .reduce((_, last) -> last)
                .orElse(null);
        keepRest(pod, followed);
        ContainerStateTerminated end = pod == null ? null : ContainerStory.end(pod);
        Map<String, JsonNode> outputs = new HashMap<>();
        outputs.put("job", TextNode.valueOf(name));
        outputs.put("namespace", TextNode.valueOf(action.namespace()));
        if (end != null) {
            outputs.put("exitCode", IntNode.valueOf(end.getExitCode()));
        }
        if ("Complete".equals(condition.getType())) {
            return new LeafOutcome.Succeeded(outputs, null);
        }
        String why = end == null || end.getExitCode() == 0 ? "" : ": " + ContainerStory.ended(end);
        return failed(condition.getReason() + why, outputs);
    }

    private void keepRest(@Nullable Pod pod, @Nullable PodLog followed) throws LeaseLost {
        if (pod == null || !ContainerStory.hasLog(pod)) {
            return;
        }
        String current = pod.getMetadata().getName();
        PodLog log = followed != null && current.equals(podName)
                ? followed
                : new PodLog(client, action.namespace(), current, current.equals(podName) ? kept : 0, () -> {});
        try {
            keep(log, log.rest());
        } catch (IOException e) {
            ledger.log("Tiphys: the rest of the log could not be read: " + e.getMessage() + "\n");
        }
    }

    /** Whether the container has said for long enough that it cannot start. */
    private boolean lasts() {
        Instant now = clock.instant();
        Instant since = cannotStartSince == null ? now : cannotStartSince;
        cannotStartSince = since;
        return !now.isBefore(since.plus(patience.cannotStart()));
    }

    private boolean isBlind(JobWatch watch) {
        Instant now = clock.instant();
        if (watch.isPresent()) {
            seen = now;
        }
        return now.isAfter(seen.plus(patience.blind()));
    }

    private LeafOutcome end() throws InterruptedException {
        String trouble = "";
        for (int tries = 1; tries <= 3; tries++) {
            try {
                boolean there = !resource()
                        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                        .delete()
                        .isEmpty();
                return new LeafOutcome.Cancelled("Job " + place() + (there ? " deleted" : " was not there"), null);
            } catch (KubernetesClientException | VertxException e) {
                trouble = says(e);
                Thread.sleep(patience.away().after(tries, 1));
            }
        }
        return new LeafOutcome.Cancelled("Job " + place() + " could not be deleted: " + trouble, null);
    }

    private ScalableResource<Job> resource() {
        return client.batch().v1().jobs().inNamespace(action.namespace()).withName(name);
    }

    private void save() throws LeaseLost {
        ledger.save(JsonNodeFactory.instance
                .objectNode()
                .put("created", true)
                .put("pod", podName)
                .put("kept", kept));
    }

    private LeafOutcome failed(String why, Map<String, JsonNode> outputs) {
        return new LeafOutcome.Failed("Job " + place() + " failed: " + why, null, outputs);
    }

    private String place() {
        return action.namespace() + "/" + name;
    }

    /** Shows a wait, once for as long as it is the same. */
    private void waiting(String reason, String unblock) throws LeaseLost {
        Wait before = shown;
        if (before == null
                || !before.reason().equals(reason)
                || !before.unblock().equals(unblock)) {
            Wait wait = new Wait(reason, place(), clock.instant(), work.deadline(), unblock);
            shown = wait;
            ledger.waiting(wait, null);
        }
    }

    private static @Nullable String attemptOf(Job job) {
        Map<String, String> annotations = job.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(JobManifest.ATTEMPT);
    }

    /** The client lets some failures of a connection through as Vert.x has them. */
    private static boolean mayPass(RuntimeException failure) {
        if (!(failure instanceof KubernetesClientException refused)) {
            return true;
        }
        int code = refused.getCode();
        return code <= 0 || code == 408 || code == 429 || code >= 500;
    }

    private static String says(RuntimeException failure) {
        Status status = failure instanceof KubernetesClientException refused ? refused.getStatus() : null;
        if (status != null && status.getMessage() != null) {
            return status.getMessage();
        }
        Throwable cause = failure.getCause();
        return String.valueOf(cause == null || cause.getMessage() == null ? failure.getMessage() : cause.getMessage());
    }
}
