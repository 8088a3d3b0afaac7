package dev.tiphys.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.JenkinsResult;
import dev.tiphys.testkit.SlackMessage;
import dev.tiphys.testkit.TestRepository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The main job, on the packaged product: from a signed push to two healthy environments and a Slack card. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoryIT {
    private static final Duration QUICK = Duration.ofMillis(300);
    private static final int PUSHES = 100;
    private static final Duration A_RUN = Duration.ofSeconds(60);

    private SampleShop shop;
    private RunningTiphys tiphys;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        shop = SampleShop.open(directory.resolve("shop"), 0, "20s");
        shop.jenkins().job(SampleShop.JOB).runsFor(QUICK);
        shop.repository().commit("Begin", SampleShop.manifests("begin"));
        tiphys = RunningTiphys.start(directory.resolve("data"), shop, clusterOptions(directory));
    }

    /** {@return the options that choose the cluster: none for the sandbox} */
    String[] clusterOptions(Path directory) throws Exception {
        return new String[0];
    }

    @AfterAll
    void stop() {
        if (tiphys != null) {
            tiphys.close();
        }
        if (shop != null) {
            shop.close();
        }
    }

    @Test
    void aPushReachesBothEnvironmentsAndTheCardSaysSo() throws Exception {
        // Long enough that the channel hears of the beginning before the end, whatever it heard just before.
        shop.jenkins().job(SampleShop.JOB).result(JenkinsResult.SUCCESS).runsFor(Duration.ofSeconds(5));

        String revision = push(SampleShop.manifests("good-1"));
        JsonNode run = tiphys.awaitRun(revision, A_RUN, RunningTiphys::isFinished);
        shop.jenkins().job(SampleShop.JOB).runsFor(QUICK);

        assertThat(run.path("state").asText()).as(run.toPrettyString()).isEqualTo("succeeded");
        assertThat(run.path("steps").findValuesAsText("state")).containsExactly("succeeded", "succeeded", "succeeded");
        for (String application : List.of("shop-experiment", "shop-dev")) {
            JsonNode status = tiphys.get("/api/applications/" + application);
            assertThat(status.path("revision").asText()).isEqualTo(revision);
            assertThat(status.path("sync").asText()).isEqualTo("Synced");
            assertThat(status.path("health").asText()).isEqualTo("Healthy");
        }
        String id = run.path("id").asText();
        assertThat(shop.jenkins().buildsByRun().entrySet().stream()
                        .filter(build -> build.getKey().startsWith(id))
                        .mapToInt(Map.Entry::getValue)
                        .sum())
                .isEqualTo(1);
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            SlackMessage card = cardOf(revision);
            assertThat(card.shown())
                    .contains("shop-delivery")
                    .contains("succeeded")
                    .contains("Ada Lovelace");
            assertThat(card.past()).isNotEmpty();
        });
    }

    @Test
    void aFailingTestKeepsTheChangeFromDevAndSlackHearsWhy() throws Exception {
        shop.jenkins().job(SampleShop.JOB).result(JenkinsResult.FAILURE);

        String revision = push(SampleShop.manifests("failing-test"));
        JsonNode run = tiphys.awaitRun(revision, A_RUN, RunningTiphys::isFinished);

        assertThat(run.path("state").asText()).as(run.toPrettyString()).isEqualTo("failed");
        JsonNode test = RunningTiphys.step(run, "integration-test");
        assertThat(test.path("state").asText()).isEqualTo("failed");
        assertThat(test.path("reason").asText()).contains("FAILURE");
        assertThat(test.path("link").asText()).startsWith(shop.jenkins().url().toString());
        assertThat(tiphys.get("/api/applications/shop-dev").path("revision").asText())
                .isNotEqualTo(revision);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(
                                shop.slack().replies(cardOf(revision)).stream().map(SlackMessage::shown))
                        .anySatisfy(reply ->
                                assertThat(reply).contains("integration-test").contains("FAILURE")));
    }

    @Test
    void aBrokenManifestIsStuckWithFileAndLine() throws Exception {
        String revision = push(
                Map.of("deploy/experiment/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web\n"));
        JsonNode run = tiphys.awaitRun(revision, A_RUN, RunningTiphys::isFinished);

        assertThat(run.path("state").asText()).as(run.toPrettyString()).isEqualTo("stuck");
        assertThat(RunningTiphys.step(run, "experiment").path("reason").asText())
                .contains("deploy/experiment/web.yaml:4");
        String mended = push(SampleShop.manifests("mended"));
        tiphys.awaitRun(mended, A_RUN, RunningTiphys::isFinished);
    }

    @Test
    void aDeploymentThatNeverBecomesHealthyFailsNamingTheContainersReason() throws Exception {
        String broken = SampleShop.manifests("experiment", "no-such-image")
                .get("deploy/experiment/web.yaml")
                .replace(
                        "      labels: {app: web}\n    spec:",
                        "      labels: {app: web}\n      annotations: {sandbox.tiphys.dev/waiting: ImagePullBackOff}\n    spec:");
        assertThat(broken).contains("ImagePullBackOff");

        String revision = push(Map.of("deploy/experiment/web.yaml", broken));
        JsonNode run = tiphys.awaitRun(revision, A_RUN, RunningTiphys::isFinished);

        assertThat(run.path("state").asText()).as(run.toPrettyString()).isEqualTo("failed");
        assertThat(RunningTiphys.step(run, "experiment").path("reason").asText())
                .contains("Deployment experiment/web")
                .contains("ImagePullBackOff");
    }

    @Test
    void theSameDeliveryFiveTimesIsOneRun() throws Exception {
        shop.jenkins().job(SampleShop.JOB).result(JenkinsResult.SUCCESS);
        String before = shop.repository().head("main");
        String revision = shop.repository().commit("Five times", SampleShop.manifests("five-times"));
        String delivery = UUID.randomUUID().toString();
        GitHubPush push = GitHubPush.branch(shop.repository(), "main", before, revision);

        for (int i = 0; i < 5; i++) {
            HttpResponse<String> answer = push.deliver(hook(), shop.webhookSecret(), delivery);
            assertThat(answer.statusCode()).isEqualTo(202);
        }
        tiphys.awaitRun(revision, A_RUN, RunningTiphys::isFinished);

        assertThat(tiphys.get("/api/runs?revision=" + revision).path("items")).hasSize(1);
    }

    @Test
    void aPushToOneRepositoryStartsAndRefreshesNothingOfTheOther() throws Exception {
        tiphys.awaitRun(push(SampleShop.manifests("isolated")), A_RUN, RunningTiphys::isFinished);
        Awaitility.await()
                .atMost(A_RUN)
                .until(() -> newest("shop-delivery", 20), runs -> runs.stream().allMatch(RunningTiphys::isFinished));
        TestRepository other = shop.git().createRepository("acme/other");
        Files.createDirectories(shop.secrets().resolve("other-webhook"));
        Files.writeString(shop.secrets().resolve("other-webhook/secret"), "the secret of the other one");
        assertThat(tiphys.send("PUT", "/api/definitions", """
                apiVersion: tiphys.dev/v1
                kind: Repository
                metadata: {name: other}
                spec:
                  url: %1$s
                  provider: github
                  webhook: {secretRef: {name: other-webhook, key: secret}}
                ---
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: other, namespace: argocd}
                spec:
                  project: default
                  source: {repoURL: "%1$s", path: deploy, targetRevision: main}
                  destination: {server: "https://kubernetes.default.svc", namespace: other}
                  syncPolicy: {syncOptions: [CreateNamespace=true]}
                ---
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: other-delivery}
                spec:
                  on: [{push: {repository: other, branches: [main]}}]
                  steps: [{name: deploy, deploy: {application: other}, timeout: 20s}]
                """.formatted(other.url()))
                        .statusCode())
                .isEqualTo(200);
        String revision = other.commit(
                "Begin",
                Map.of("deploy/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n"));
        JsonNode shopBefore = tiphys.get("/api/applications/shop-dev");
        int shopRuns = runsOf("shop-delivery");
        GitHubPush push = GitHubPush.head(other, "main");
        URI endpoint = tiphys.address().resolve("/hooks/other");

        assertThat(push.deliver(endpoint, shop.webhookSecret(), "d-1").statusCode())
                .isEqualTo(401);
        assertThat(push.deliver(hook(), shop.webhookSecret(), "d-2").statusCode())
                .isEqualTo(403);
        HttpResponse<String> accepted = push.deliver(endpoint, "the secret of the other one", "d-3");
        assertThat(accepted.statusCode()).isEqualTo(202);
        JsonNode run = tiphys.awaitRun(revision, A_RUN, RunningTiphys::isFinished);

        assertThat(run.path("pipeline").asText()).isEqualTo("other-delivery");
        assertThat(run.path("state").asText()).as(run.toPrettyString()).isEqualTo("succeeded");
        assertThat(runsOf("shop-delivery")).isEqualTo(shopRuns);
        assertThat(tiphys.get("/api/applications/shop-dev").path("operation")).isEqualTo(shopBefore.path("operation"));
        String event = Json.mapper().readTree(accepted.body()).path("event").asText();
        assertThat(tiphys.get("/api/events/" + event + "/trace").path("decisions"))
                .anySatisfy(decision -> {
                    assertThat(decision.path("pipeline").asText()).isEqualTo("shop-delivery");
                    assertThat(decision.path("started").asBoolean()).isFalse();
                    assertThat(decision.path("condition").asText()).isEqualTo("repository");
                    assertThat(decision.path("expected").asText()).isEqualTo("shop");
                    assertThat(decision.path("met").asText()).isEqualTo("other");
                });
    }

    @Test
    void aHundredPushesAtOnceAreAllDecidedAndOneRunGoesAtATime() throws Exception {
        shop.jenkins().job(SampleShop.JOB).result(JenkinsResult.SUCCESS);
        int before = runsOf("shop-delivery");
        List<GitHubPush> pushes = new ArrayList<>();
        for (int i = 0; i < PUSHES; i++) {
            String parent = shop.repository().head("main");
            String revision = shop.repository().commit("Push " + i, SampleShop.manifests("many-" + i));
            pushes.add(GitHubPush.branch(shop.repository(), "main", parent, revision));
        }
        try (ExecutorService senders = Executors.newFixedThreadPool(20)) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (GitHubPush push : pushes) {
                answers.add(senders.submit(() -> push.deliver(
                                hook(), shop.webhookSecret(), UUID.randomUUID().toString())
                        .statusCode()));
            }
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(202);
            }
        }
        List<JsonNode> runs = Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(
                        () -> newest("shop-delivery", PUSHES),
                        all -> all.size() == PUSHES && all.stream().allMatch(RunningTiphys::isFinished));

        assertThat(runsOf("shop-delivery")).isEqualTo(before + PUSHES);
        assertThat(runs).extracting(run -> run.path("state").asText()).containsOnly("succeeded", "superseded");
        List<JsonNode> ran = runs.stream()
                .filter(run -> run.path("state").asText().equals("succeeded"))
                .sorted(Comparator.comparing(run -> run.path("startedAt").asText()))
                .toList();
        assertThat(ran).isNotEmpty();
        for (int i = 1; i < ran.size(); i++) {
            assertThat(Instant.parse(ran.get(i).path("startedAt").asText()))
                    .isAfterOrEqualTo(
                            Instant.parse(ran.get(i - 1).path("finishedAt").asText()));
        }
    }

    private int runsOf(String pipeline) {
        int count = 0;
        String after = "";
        while (true) {
            JsonNode page = tiphys.get("/api/runs?pipeline=" + pipeline + "&limit=100" + after);
            count += page.path("items").size();
            if (!page.path("next").isTextual()) {
                return count;
            }
            after = "&after=" + page.path("next").asText();
        }
    }

    private List<JsonNode> newest(String pipeline, int limit) {
        List<JsonNode> runs = new ArrayList<>();
        tiphys.get("/api/runs?pipeline=" + pipeline + "&limit=" + limit)
                .path("items")
                .forEach(runs::add);
        return runs;
    }

    private String push(Map<String, String> files) throws IOException, InterruptedException {
        String before = shop.repository().head("main");
        String revision = shop.repository().commit("Change the shop", files);
        GitHubPush push = GitHubPush.branch(shop.repository(), "main", before, revision);
        HttpResponse<String> answer =
                push.deliver(hook(), shop.webhookSecret(), UUID.randomUUID().toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return revision;
    }

    private URI hook() {
        return SampleShop.hook(tiphys.address());
    }

    private SlackMessage cardOf(String revision) {
        return shop.slack().cards(SampleShop.CHANNEL).stream()
                .filter(card -> card.shown().contains(revision.substring(0, 7)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no card about " + revision + " in\n" + shop.slack().render(SampleShop.CHANNEL)));
    }
}
