package dev.tiphys.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.JenkinsResult;
import dev.tiphys.testkit.SlackMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, on the packaged product: from a signed push to two healthy environments and a Slack card. */
class StoryIT {
    private static final Duration A_RUN = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static SampleShop shop;
    private static RunningTiphys tiphys;

    @BeforeAll
    static void start() throws IOException {
        shop = SampleShop.open(directory.resolve("shop"));
        shop.jenkins().job(SampleShop.JOB).runsFor(Duration.ofMillis(300));
        tiphys = RunningTiphys.start(directory.resolve("data"), shop);
    }

    @AfterAll
    static void stop() {
        if (tiphys != null) {
            tiphys.close();
        }
        if (shop != null) {
            shop.close();
        }
    }

    @Test
    void aPushReachesBothEnvironmentsAndTheCardSaysSo() throws Exception {
        shop.jenkins().job(SampleShop.JOB).result(JenkinsResult.SUCCESS);

        String revision = push(SampleShop.manifests("good-1"));
        JsonNode run = tiphys.awaitRun(revision, A_RUN, RunningTiphys::isFinished);

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
        push(SampleShop.manifests("mended"));
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

    private static String push(Map<String, String> files) throws IOException, InterruptedException {
        String before = shop.repository().read("main", "deploy/dev/web.yaml").isPresent()
                ? shop.repository().head("main")
                : null;
        String revision = shop.repository().commit("Change the shop", files);
        GitHubPush push = before == null
                ? GitHubPush.head(shop.repository(), "main")
                : GitHubPush.branch(shop.repository(), "main", before, revision);
        HttpResponse<String> answer =
                push.deliver(hook(), shop.webhookSecret(), UUID.randomUUID().toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return revision;
    }

    private static URI hook() {
        return SampleShop.hook(tiphys.address());
    }

    private static SlackMessage cardOf(String revision) {
        return shop.slack().cards(SampleShop.CHANNEL).stream()
                .filter(card -> card.shown().contains(revision.substring(0, 7)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no card about " + revision + " in\n" + shop.slack().render(SampleShop.CHANNEL)));
    }
}
