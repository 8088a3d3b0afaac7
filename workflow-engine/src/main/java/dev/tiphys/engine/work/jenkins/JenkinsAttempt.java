package dev.tiphys.engine.work.jenkins;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.engine.work.Pauses;
import dev.tiphys.engine.work.jenkins.JenkinsProgress.Building;
import dev.tiphys.engine.work.jenkins.JenkinsProgress.Intended;
import dev.tiphys.engine.work.jenkins.JenkinsProgress.Queued;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One lease of one attempt: intent, request, queue, build, result. Each stage is saved before the next begins, and a lease
 * that finds an intent without an answer searches for what came of it before it asks again.
 */
final class JenkinsAttempt {
    private static final Pattern QUEUE_ITEM = Pattern.compile(".*/queue/item/(\\d{1,18})/?");
    private static final String ITEM_TREE = "id,why,cancelled,stuck,executable[number]";
    private static final String BUILDS_TREE = "builds[number,queueId,actions[parameters[name,value]]]{0,100}";
    private static final String QUEUE_TREE = "items[id,task[url],actions[parameters[name,value]]]";
    private static final String BUILD_TREE = "number,building,inProgress,result,estimatedDuration,timestamp";

    private final LeafWork work;
    private final Pipeline.Action.Jenkins action;
    private final JenkinsClient client;
    private final LeafLedger ledger;
    private final Clock clock;
    private final Pacing pacing;
    private final String path;
    private final BuildLog log;

    private @Nullable Wait shown;
    private boolean saidWhatIsDropped;

    JenkinsAttempt(
            LeafWork work,
            Pipeline.Action.Jenkins action,
            JenkinsClient client,
            LeafLedger ledger,
            Clock clock,
            Pacing pacing) {
        this.work = work;
        this.action = action;
        this.client = client;
        this.ledger = ledger;
        this.clock = clock;
        this.pacing = pacing;
        this.path = JenkinsClient.jobPath(action.job());
        this.log = new BuildLog(client, ledger);
    }

    /** What a stage came to: the next stage, or the end. */
    private sealed interface Next {
        record Stage(JenkinsProgress progress) implements Next {}

        record End(LeafOutcome outcome) implements Next {}
    }

    /** What a look at Jenkins found; null of it means: look again after a pause. */
    private interface Look {
        @Nullable
        Next take() throws JenkinsAway, JenkinsRefusal, LeaseLost, InterruptedException;
    }

    LeafOutcome perform() throws LeaseLost, InterruptedException {
        JenkinsProgress progress = JenkinsProgress.read(work.progress());
        try {
            Next next = progress == null ? begin() : new Next.Stage(progress);
            while (true) {
                switch (next) {
                    case Next.End(var outcome) -> {
                        return outcome;
                    }
                    case Next.Stage(Intended intended) -> next = recover(intended);
                    case Next.Stage(Queued queued) -> next = watchQueue(queued);
                    case Next.Stage(Building building) -> next = watchBuild(building);
                }
            }
        } catch (JenkinsRefusal e) {
            return new LeafOutcome.Stuck(String.valueOf(e.getMessage()), client.link(path));
        }
    }

    private Next begin() throws LeaseLost, JenkinsRefusal, InterruptedException {
        return patiently(pacing.queue(), () -> request(job(), null), this::endNothing);
    }

    /** Asks for the build, once: from here on only a search may lead to a second request. */
    private Next request(JenkinsJob job, @Nullable Intended before)
            throws JenkinsAway, JenkinsRefusal, LeaseLost, InterruptedException {
        Intended intended = before == null ? new Intended(job.nextBuild()) : before;
        if (before == null) {
            sayWhatIsDropped(job);
            ledger.save(intended.json());
        }
        boolean parameterised = !job.declared().isEmpty();
        try {
            JenkinsAnswer answer = client.post(
                    path + (parameterised ? "buildWithParameters" : "build?delay=0sec"),
                    parameterised ? parameters() : Map.of());
            return accepted(job, intended, answer);
        } catch (JenkinsAway away) {
            if (!away.unsent()) {
                waiting("jenkins", action.server() + " did not say what it did", away.getMessage());
                return new Next.Stage(intended);
            }
            throw away;
        }
    }

    private Next accepted(JenkinsJob job, Intended intended, JenkinsAnswer answer)
            throws JenkinsAway, JenkinsRefusal, LeaseLost {
        return switch (answer.status()) {
            case 201, 303 -> {
                Matcher item = QUEUE_ITEM.matcher(
                        answer.headers().firstValue("Location").orElse(""));
                if (!item.matches()) {
                    yield new Next.Stage(intended);
                }
                boolean shared = answer.status() == 303 && !job.takesRunId();
                yield save(new Queued(Long.parseLong(item.group(1)), shared));
            }
            case 302 -> throw new JenkinsAway("it refuses new builds just now; it may be about to shut down", true);
            case 400 ->
                throw new JenkinsRefusal("Jenkins job " + action.job() + " does not take these parameters (400)");
            case 404 -> throw absent();
            case 409 -> throw new JenkinsRefusal("Jenkins job " + action.job() + " is disabled (409)");
            default -> {
                waiting(
                        "jenkins",
                        action.server(),
                        "it answered " + answer.status() + "; whether it acted is searched");
                yield new Next.Stage(intended);
            }
        };
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>(action.parameters());
        parameters.put(JenkinsWorker.RUN_ID, work.idempotencyKey());
        return parameters;
    }

    private void sayWhatIsDropped(JenkinsJob job) throws LeaseLost {
        List<String> dropped = parameters().keySet().stream()
                .filter(name -> !job.declared().contains(name))
                .toList();
        if (!dropped.isEmpty() && !saidWhatIsDropped) {
            saidWhatIsDropped = true;
            ledger.log("Tiphys: job " + action.job() + " does not declare " + String.join(", ", dropped)
                    + ": Jenkins drops it\n");
        }
    }

    private JenkinsJob job() throws JenkinsAway, JenkinsRefusal, InterruptedException {
        JsonNode json = client.json(path, JenkinsJob.TREE);
        if (json.isMissingNode()) {
            throw absent();
        }
        JenkinsJob job = JenkinsJob.read(json);
        if (!job.buildable()) {
            throw new JenkinsRefusal("Jenkins job " + action.job() + " is disabled");
        }
        return job;
    }

    private JenkinsRefusal absent() {
        return new JenkinsRefusal("Jenkins " + action.server() + " has no job " + action.job()
                + ", or does not show it to the user of JenkinsServer " + action.server());
    }

    /** An answer was lost: what came of the request, if it came there at all? */
    private Next recover(Intended intended) throws LeaseLost, JenkinsRefusal, InterruptedException {
        Instant settled = clock.instant().plus(pacing.settle());
        return patiently(
                pacing.queue(),
                () -> {
                    JenkinsJob job = job();
                    Next found = job.takesRunId() ? search(null) : unlessAnyIsNew(intended);
                    if (found != null) {
                        return found;
                    }
                    return clock.instant().isBefore(settled) ? null : request(job, intended);
                },
                this::endNothing);
    }

    /** Without RUN_ID a build cannot be told from another: only if there is none at all it is safe to ask again. */
    private @Nullable Next unlessAnyIsNew(Intended intended) throws JenkinsAway, JenkinsRefusal, InterruptedException {
        for (JsonNode build : client.json(path, BUILDS_TREE).path("builds")) {
            if (build.path("number").intValue() >= intended.firstBuild()) {
                return cannotTell("build #" + build.path("number").intValue());
            }
        }
        for (JsonNode item : client.json("queue/", QUEUE_TREE).path("items")) {
            if (item.path("task").path("url").asText().endsWith("/" + path)) {
                return cannotTell("queue item " + item.path("id").longValue());
            }
        }
        return null;
    }

    private Next cannotTell(String which) {
        return new Next.End(new LeafOutcome.Stuck(
                "Jenkins' answer was lost, and whether " + which + " of job " + action.job()
                        + " is ours cannot be told: declare the string parameter RUN_ID in the job, then retry",
                client.link(path)));
    }

    /**
     * Searches builds and queue for this attempt.
     *
     * @param item the queue item that it was; null if it is not known
     */
    private @Nullable Next search(@Nullable Queued item)
            throws JenkinsAway, JenkinsRefusal, LeaseLost, InterruptedException {
        // The queue first: what leaves it between the two looks is then seen as a build.
        Next waiting = null;
        for (JsonNode other : client.json("queue/", QUEUE_TREE).path("items")) {
            if (isOurs(other)) {
                waiting = new Next.Stage(new Queued(other.path("id").longValue(), false));
            }
        }
        List<Integer> ours = new ArrayList<>();
        for (JsonNode build : client.json(path, BUILDS_TREE).path("builds")) {
            boolean ofItem = item != null && build.path("queueId").asLong(-1) == item.item();
            if (ofItem || isOurs(build)) {
                ours.add(build.path("number").intValue());
            }
        }
        if (!ours.isEmpty()) {
            return save(new Building(ours.getLast(), item != null && item.shared(), 0));
        }
        return waiting instanceof Next.Stage(var progress) ? save(progress) : null;
    }

    private boolean isOurs(JsonNode itemOrBuild) {
        for (JsonNode group : itemOrBuild.path("actions")) {
            for (JsonNode parameter : group.path("parameters")) {
                if (parameter.path("name").asText().equals(JenkinsWorker.RUN_ID)
                        && parameter.path("value").asText().equals(work.idempotencyKey())) {
                    return true;
                }
            }
        }
        return false;
    }

    private Next watchQueue(Queued queued) throws LeaseLost, JenkinsRefusal, InterruptedException {
        Missing missing = new Missing();
        return patiently(
                pacing.queue(),
                () -> {
                    JsonNode item = client.json("queue/item/" + queued.item() + "/", ITEM_TREE);
                    if (item.isMissingNode()) {
                        Next found = search(queued);
                        return found != null || !missing.forLong() ? found : lost("queue item " + queued.item());
                    }
                    if (item.path("cancelled").asBoolean()) {
                        return new Next.End(failed("queue item " + queued.item() + " was cancelled in Jenkins"));
                    }
                    if (item.path("executable").hasNonNull("number")) {
                        int number = item.path("executable").path("number").intValue();
                        return save(new Building(number, queued.shared(), 0));
                    }
                    waiting(
                            "jenkins queue",
                            action.job() + " (queue item " + queued.item() + shared(queued.shared()) + ")",
                            item.path("why").asText("Jenkins takes it from its queue"));
                    return null;
                },
                () -> endQueued(queued));
    }

    private Next watchBuild(Building building) throws LeaseLost, JenkinsRefusal, InterruptedException {
        Missing missing = new Missing();
        String buildPath = path + building.number() + "/";
        long[] offset = {building.logOffset()};
        return patiently(
                pacing.build(),
                () -> {
                    JsonNode build = client.json(buildPath, BUILD_TREE);
                    if (build.isMissingNode()) {
                        return missing.forLong() ? lost("build #" + building.number()) : null;
                    }
                    waiting(
                            "jenkins build",
                            action.job() + " #" + building.number() + shared(building.shared()),
                            "the build's end",
                            client.link(buildPath));
                    long end = log.follow(buildPath, offset[0]);
                    if (end != offset[0]) {
                        offset[0] = end;
                        ledger.save(new Building(building.number(), building.shared(), end).json());
                    }
                    // A result may be told while post-build steps still run.
                    boolean ended = build.hasNonNull("result")
                            && !build.path("building").asBoolean()
                            && !build.path("inProgress").asBoolean();
                    return ended
                            ? new Next.End(ended(building, build.path("result").asText()))
                            : null;
                },
                () -> endBuild(building.number()));
    }

    private LeafOutcome ended(Building building, String result) {
        String link = client.link(path + building.number() + "/");
        Map<String, JsonNode> outputs = Map.of(
                "number",
                IntNode.valueOf(building.number()),
                "url",
                TextNode.valueOf(link),
                "result",
                TextNode.valueOf(result));
        boolean succeeded = result.equals("SUCCESS")
                || (result.equals("UNSTABLE") && action.unstable() == Pipeline.Unstable.SUCCEED);
        if (succeeded) {
            return new LeafOutcome.Succeeded(outputs, link);
        }
        return new LeafOutcome.Failed(
                "Jenkins build " + action.job() + " #" + building.number() + shared(building.shared()) + " ended "
                        + result,
                link,
                outputs);
    }

    private static String shared(boolean shared) {
        return shared ? ", shared with another trigger since the job does not declare RUN_ID" : "";
    }

    private Next lost(String what) {
        return new Next.End(failed(what + " is gone from Jenkins, and no build of it is found"));
    }

    private LeafOutcome failed(String why) {
        return new LeafOutcome.Failed("Jenkins job " + action.job() + ": " + why, client.link(path), Map.of());
    }

    /** Looks again and again, with pauses, until a look decides or the step is cancelled; Jenkins away is waited out. */
    private Next patiently(Pauses pauses, Look look, Look end) throws LeaseLost, JenkinsRefusal, InterruptedException {
        int looks = 0;
        int failures = 0;
        Duration pause = Duration.ZERO;
        while (true) {
            if (ledger.cancelledWithin(pause)) {
                return endSurely(end);
            }
            try {
                Next next = look.take();
                if (next != null) {
                    return next;
                }
                failures = 0;
                looks++;
                pause = pauses.after(looks, 0);
            } catch (JenkinsAway away) {
                failures++;
                pause = pacing.away()
                        .after(failures, ThreadLocalRandom.current().nextDouble());
                waiting("jenkins", action.server(), String.valueOf(away.getMessage()));
            }
        }
    }

    private Next endSurely(Look end) throws LeaseLost, JenkinsRefusal, InterruptedException {
        String trouble = "";
        for (int tries = 1; tries <= 3; tries++) {
            try {
                Next ended = end.take();
                if (ended != null) {
                    return ended;
                }
            } catch (JenkinsAway away) {
                trouble = String.valueOf(away.getMessage());
                Thread.sleep(pacing.away().after(tries, 1));
            }
        }
        return cancelled("not ended in Jenkins: " + trouble);
    }

    private @Nullable Next endNothing() throws JenkinsAway, JenkinsRefusal, LeaseLost, InterruptedException {
        return switch (search(null)) {
            case Next.Stage(Queued queued) -> endQueued(queued);
            case Next.Stage(Building building) -> endBuild(building.number());
            case Next.Stage(Intended _) -> cancelled("no build was found");
            case Next.End end -> end;
            case null -> cancelled("no build was found");
        };
    }

    private @Nullable Next endQueued(Queued queued)
            throws JenkinsAway, JenkinsRefusal, LeaseLost, InterruptedException {
        JenkinsAnswer answer = client.post("queue/cancelItem?id=" + queued.item(), Map.of());
        return switch (answer.status()) {
            case 200, 204, 302 -> cancelled("queue item " + queued.item() + " cancelled");
            case 404 ->
                search(queued) instanceof Next.Stage(Building building)
                        ? endBuild(building.number())
                        : cancelled("queue item " + queued.item() + " was gone");
            case 422 -> cancelled("the user may not cancel queue item " + queued.item());
            default -> throw new JenkinsAway("cancelItem answers " + answer.status(), false);
        };
    }

    private @Nullable Next endBuild(int number) throws JenkinsAway, JenkinsRefusal, LeaseLost, InterruptedException {
        String buildPath = path + number + "/";
        for (String degree : List.of("stop", "term", "kill")) {
            client.post(buildPath + degree, Map.of());
            Instant until = clock.instant().plus(pacing.stop());
            int looks = 0;
            do {
                JsonNode build = client.json(buildPath, BUILD_TREE);
                if (!build.path("building").asBoolean()
                        && !build.path("inProgress").asBoolean()) {
                    return cancelled(
                            "build #" + number + " ended "
                                    + build.path("result").asText("and is gone"),
                            buildPath);
                }
                Thread.sleep(pacing.build().after(++looks, 0));
            } while (clock.instant().isBefore(until));
        }
        return cancelled("build #" + number + " goes on although it was told to stop", buildPath);
    }

    private Next cancelled(String detail) {
        return cancelled(detail, path);
    }

    private Next cancelled(String detail, String page) {
        return new Next.End(new LeafOutcome.Cancelled(detail, client.link(page)));
    }

    private Next save(JenkinsProgress progress) throws LeaseLost {
        ledger.save(progress.json());
        return new Next.Stage(progress);
    }

    private void waiting(String reason, String on, @Nullable String unblock) throws LeaseLost {
        waiting(reason, on, unblock, client.link(path));
    }

    /** Shows a wait, once for as long as it is the same. */
    private void waiting(String reason, String on, @Nullable String unblock, String link) throws LeaseLost {
        Wait before = shown;
        String who = String.valueOf(unblock);
        if (before != null
                && before.reason().equals(reason)
                && before.on().equals(on)
                && before.unblock().equals(who)) {
            return;
        }
        Wait wait = new Wait(reason, on, clock.instant(), work.deadline(), who);
        shown = wait;
        ledger.waiting(wait, link);
    }

    /** Since when something is not there. */
    private final class Missing {
        private @Nullable Instant since;

        boolean forLong() {
            Instant now = clock.instant();
            if (since == null) {
                since = now;
            }
            return !now.isBefore(since.plus(pacing.lost()));
        }
    }
}
