package dev.tiphys.notifier;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.RunFact.NotifyTarget;
import dev.tiphys.contracts.run.RunFact.RunCreated;
import dev.tiphys.contracts.run.RunFact.RunFinished;
import dev.tiphys.contracts.run.RunFact.RunStarted;
import dev.tiphys.contracts.run.RunFact.StepFinished;
import dev.tiphys.contracts.run.RunFact.StepOutline;
import dev.tiphys.contracts.run.RunFact.StepRetrying;
import dev.tiphys.contracts.run.RunFact.StepStarted;
import dev.tiphys.contracts.run.RunFact.StepWaiting;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.RunTrigger;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells the facts of one run of shop-delivery, ten seconds apart. */
public final class Story {
    public static final Instant BEGINNING = Instant.parse("2026-03-02T10:00:00Z");
    public static final String BUILD = "https://ci.example.com/job/shop/job/integration-test/12/";
    private static final String PIPELINE = "shop-delivery";

    private final String run;
    private final @Nullable NotifyTarget target;
    private final List<CloudEvent<RunFact>> facts = new ArrayList<>();

    private Story(String run, @Nullable NotifyTarget target) {
        this.run = run;
        this.target = target;
    }

    public static Story of(String run) {
        return new Story(run, new NotifyTarget("#deploys", "default"));
    }

    public static Story of(String run, @Nullable NotifyTarget target) {
        return new Story(run, target);
    }

    public Story created() {
        return created(new RunTrigger(
                "event-1",
                "shop",
                "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678",
                "refs/heads/main",
                "Ada Lovelace",
                "Count the engine's wheels",
                "https://github.com/acme/shop/commit/1a2b3c4d5e6f708192a3b4c5d6e7f80912345678",
                null));
    }

    public Story created(RunTrigger trigger) {
        return tell(new RunCreated(
                run,
                next(),
                PIPELINE,
                trigger,
                Map.of(),
                List.of(
                        new StepOutline("experiment", "deploy"),
                        new StepOutline("integration-test", "jenkins"),
                        new StepOutline("dev", "deploy")),
                target));
    }

    public Story started() {
        return tell(new RunStarted(run, next(), PIPELINE));
    }

    public Story begins(String step, String kind) {
        return tell(new StepStarted(run, next(), PIPELINE, step, kind, 1));
    }

    public Story deploys(String step) {
        return begins(step, "deploy").ends(step, RunState.SUCCEEDED, null, null);
    }

    public Story testBegins() {
        return begins("integration-test", "jenkins")
                .waits(
                        "integration-test",
                        new Wait(
                                "jenkins build",
                                "shop/integration-test #12",
                                now(),
                                BEGINNING.plusSeconds(1800),
                                "Jenkins, or whoever aborts the build"),
                        BUILD);
    }

    public Story waits(String step, Wait wait, @Nullable String link) {
        return tell(new StepWaiting(run, next(), PIPELINE, step, 1, wait, link));
    }

    public Story wantsApproval(String step) {
        return begins(step, "approval")
                .waits(
                        step,
                        new Wait("approval", "release to dev", now(), null, "anyone of the team may approve"),
                        null);
    }

    public Story retries(String step, String reason) {
        return tell(new StepRetrying(run, next(), PIPELINE, step, 1, reason, null, now().plusSeconds(60)));
    }

    public Story ends(String step, RunState state, @Nullable String reason, @Nullable String link) {
        return tell(new StepFinished(
                run, next(), PIPELINE, step, 1, state, reason, link, Map.of("url", TextNode.valueOf("x"))));
    }

    public Story ended(RunState state, @Nullable String reason) {
        return tell(new RunFinished(run, next(), PIPELINE, state, reason));
    }

    public Story succeeds() {
        return created()
                .started()
                .deploys("experiment")
                .testBegins()
                .ends("integration-test", RunState.SUCCEEDED, null, BUILD)
                .deploys("dev")
                .ended(RunState.SUCCEEDED, null);
    }

    public Story testFails() {
        return created()
                .started()
                .deploys("experiment")
                .testBegins()
                .ends("integration-test", RunState.FAILED, "build #12 ended with FAILURE", BUILD)
                .ends("dev", RunState.SKIPPED, "integration-test failed", null)
                .ended(RunState.FAILED, "integration-test failed: build #12 ended with FAILURE");
    }

    public Story manifestIsBroken() {
        return created()
                .started()
                .begins("experiment", "deploy")
                .ends(
                        "experiment",
                        RunState.STUCK,
                        "deploy/experiment/web.yaml:14:9: expected a mapping, found \"replicas 3\"",
                        "https://github.com/acme/shop/blob/1a2b3c4/deploy/experiment/web.yaml#L14")
                .ended(RunState.STUCK, "experiment is stuck: deploy/experiment/web.yaml:14:9 cannot be read");
    }

    public List<CloudEvent<RunFact>> facts() {
        return List.copyOf(facts);
    }

    public Instant now() {
        return BEGINNING.plusSeconds(10L * facts.size());
    }

    private long next() {
        return facts.size() + 1L;
    }

    private Story tell(RunFact fact) {
        facts.add(new CloudEvent<>(
                run + "/" + fact.sequence(),
                "/tiphys/engine",
                run,
                now(),
                new Causality("event-1", "event-1", null, null),
                fact));
        return this;
    }
}
