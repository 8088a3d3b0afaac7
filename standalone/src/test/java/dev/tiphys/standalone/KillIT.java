package dev.tiphys.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.SlackMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the whole product in the middle of the story, at random moments: everything resumes, nothing happens twice. */
class KillIT {
    private static final int KILLS = 20;

    /** A little longer than a run takes here, so that kills fall before, into and behind every step. */
    private static final int LATEST_KILL_MILLIS = 2_500;

    private static final Duration RESUMED = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void aRunSurvivesAKillAtAnyMoment() throws Exception {
        long seed = Long.getLong("tiphys.seed", System.nanoTime());
        Random random = new Random(seed);
        try (SampleShop shop = SampleShop.open(directory.resolve("shop"));
                RunningTiphys tiphys = RunningTiphys.startToBeKilled(directory.resolve("data"), shop)) {
            shop.jenkins().job(SampleShop.JOB).runsFor(Duration.ofMillis(300));
            shop.repository().commit("Begin", SampleShop.manifests("0"));
            for (int i = 1; i <= KILLS; i++) {
                int moment = random.nextInt(LATEST_KILL_MILLIS);
                String told = "seed " + seed + ", kill " + i + " after " + moment + " ms";
                String revision = push(shop, tiphys, i);
                rest(moment);
                tiphys.kill();
                tiphys.startAgain();
                tiphys.awaitReady();
                JsonNode run = tiphys.awaitRun(revision, RESUMED, RunningTiphys::isFinished);
                assertThat(run.path("state").asText())
                        .as(told + ": " + run.toPrettyString())
                        .isEqualTo("succeeded");
                assertThat(tiphys.get("/api/runs?revision=" + revision).path("items"))
                        .as(told)
                        .hasSize(1);
                assertThat(buildsOf(shop, run.path("id").asText())).as(told).isEqualTo(1);
                assertThat(tiphys.get("/api/applications/shop-dev")
                                .path("revision")
                                .asText())
                        .as(told)
                        .isEqualTo(revision);
                Awaitility.await(told)
                        .atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(cardsOf(shop, revision))
                                .singleElement()
                                .satisfies(card ->
                                        assertThat(card.lines().getFirst()).contains("succeeded")));
            }
        }
    }

    private static String push(SampleShop shop, RunningTiphys tiphys, int number) throws Exception {
        String before = shop.repository().head("main");
        String revision = shop.repository().commit("Change " + number, SampleShop.manifests(Integer.toString(number)));
        int status = GitHubPush.branch(shop.repository(), "main", before, revision)
                .deliver(
                        SampleShop.hook(tiphys.address()),
                        shop.webhookSecret(),
                        UUID.randomUUID().toString())
                .statusCode();
        assertThat(status).isEqualTo(202);
        return revision;
    }

    /** The moment of the kill is what is tested, so it is waited for and nothing else. */
    private static void rest(int millis) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
    }

    private static int buildsOf(SampleShop shop, String run) {
        return shop.jenkins().buildsByRun().entrySet().stream()
                .filter(build -> build.getKey().startsWith(run))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private static List<SlackMessage> cardsOf(SampleShop shop, String revision) {
        return shop.slack().cards(SampleShop.CHANNEL).stream()
                .filter(card -> card.shown().contains(revision.substring(0, 7)))
                .toList();
    }
}
