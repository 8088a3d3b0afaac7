package dev.tiphys.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FakeJenkinsTest {
    private static final String JOB = "job/shop/job/integration-test/";
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final HandClock clock = new HandClock();
    private final FakeJenkins jenkins = FakeJenkins.start(0, "tiphys", "s3cret", clock);
    private JenkinsJob job;

    @BeforeEach
    void script() {
        job = jenkins.job("shop/integration-test")
                .parameters("REVISION", "RUN_ID")
                .queueFor(Duration.ofSeconds(5))
                .runsFor(Duration.ofSeconds(10))
                .log("one\ntwo\n");
    }

    @AfterEach
    void stop() {
        jenkins.close();
    }

    @Nested
    class ATrigger {
        @Test
        void becomesAnItemAndThenABuild() throws Exception {
            HttpResponse<String> triggered = trigger("REVISION=abc&RUN_ID=r-1");

            assertThat(triggered.statusCode()).isEqualTo(201);
            assertThat(triggered.headers().firstValue("Location")).contains(jenkins.url() + "queue/item/1/");
            JsonNode waiting = json("queue/item/1/api/json");
            assertThat(waiting.path("why").asText()).isEqualTo("Waiting for next available executor");
            assertThat(waiting.has("executable")).isFalse();

            clock.pass(Duration.ofSeconds(5));
            JsonNode left = json("queue/item/1/api/json");
            assertThat(left.at("/executable/number").asInt()).isEqualTo(1);
            assertThat(left.at("/executable/url").asText()).isEqualTo(jenkins.url() + JOB + "1/");
            JsonNode building = json(JOB + "1/api/json?tree=number,building,result,queueId");
            assertThat(building.path("building").asBoolean()).isTrue();
            assertThat(building.path("result").isNull()).isTrue();

            clock.pass(Duration.ofSeconds(10));
            JsonNode ended = json(JOB + "1/api/json");
            assertThat(ended.path("building").asBoolean()).isFalse();
            assertThat(ended.path("result").asText()).isEqualTo("SUCCESS");
            assertThat(ended.path("duration").asLong()).isEqualTo(10_000);
            assertThat(jenkins.buildsByRun()).containsExactly(Map.entry("r-1", 1));
        }

        @Test
        void isAbsorbedByAnEqualOneThatWaits() throws Exception {
            trigger("REVISION=abc&RUN_ID=r-1");

            HttpResponse<String> again = trigger("REVISION=abc&RUN_ID=r-1");
            HttpResponse<String> other = trigger("REVISION=abc&RUN_ID=r-2");

            assertThat(again.statusCode()).isEqualTo(303);
            assertThat(again.headers().firstValue("Location")).contains(jenkins.url() + "queue/item/1/");
            assertThat(other.statusCode()).isEqualTo(201);
            assertThat(jenkins.acceptedByRun()).isEqualTo(Map.of("r-1", 1, "r-2", 1));
        }

        @Test
        void losesUndeclaredParameters() throws Exception {
            trigger("REVISION=abc&SURPRISE=x");
            jenkins.release();

            assertThat(job.builds().getFirst().parameters()).isEqualTo(Map.of("REVISION", "abc", "RUN_ID", ""));
        }

        @Test
        void ofAnUnparameterisedJobIsAbsorbedInSilence() throws Exception {
            jenkins.job("plain").queueUntilReleased();

            assertThat(post("job/plain/build?delay=0sec", "").statusCode()).isEqualTo(201);
            HttpResponse<String> again = post("job/plain/build?delay=0sec", "");

            assertThat(again.statusCode()).isEqualTo(201);
            assertThat(again.headers().firstValue("Location")).contains(jenkins.url() + "queue/item/1/");
        }

        @Test
        void thatDoesNotFitTheJobIsRefused() throws Exception {
            jenkins.job("plain");
            jenkins.job("off").disable();

            assertThat(post("job/plain/buildWithParameters", "A=1").statusCode())
                    .isEqualTo(400);
            assertThat(post(JOB + "build", "").statusCode()).isEqualTo(400);
            assertThat(post("job/off/build", "").statusCode()).isEqualTo(409);
            assertThat(post("job/nobody/build", "").statusCode()).isEqualTo(404);
            assertThat(get(JOB + "buildWithParameters").statusCode()).isEqualTo(405);
        }

        @Test
        void tellsTheConfiguredAddress() throws Exception {
            jenkins.configuredUrl(URI.create("https://ci.example.com/jenkins"));

            assertThat(trigger("RUN_ID=r-1").headers().firstValue("Location"))
                    .contains("https://ci.example.com/jenkins/queue/item/1/");
        }
    }

    @Nested
    class TheQueue {
        @Test
        void forgetsWhatLeftAfterAWhile() throws Exception {
            trigger("RUN_ID=r-1");
            clock.pass(Duration.ofSeconds(5));
            assertThat(get("queue/item/1/api/json").statusCode()).isEqualTo(200);

            clock.pass(Duration.ofSeconds(301));

            assertThat(get("queue/item/1/api/json").statusCode()).isEqualTo(404);
        }

        @Test
        void forgetsAllOnARestartButBuildsAreFoundByAScan() throws Exception {
            trigger("RUN_ID=r-1");
            clock.pass(Duration.ofSeconds(5));
            jenkins.restart();

            assertThat(get("queue/item/1/api/json").statusCode()).isEqualTo(404);
            JsonNode scanned = json(
                    JOB + "api/json?tree="
                            + encoded(
                                    "builds[number,url,queueId,timestamp,building,result,actions[parameters[name,value],causes[*]]]{0,50}"));
            assertThat(scanned.at("/builds/0/queueId").asLong()).isEqualTo(1);
            assertThat(scanned.at("/builds/0/actions/0/parameters").findValuesAsText("value"))
                    .contains("r-1");
            assertThat(scanned.at("/builds/0/actions/1/causes/0/userId").asText())
                    .isEqualTo("tiphys");
            assertThat(scanned.at("/builds/0").has("displayName")).isFalse();
            assertThat(scanned.has("name")).isFalse();
        }

        @Test
        void cancelsWhatWaits() throws Exception {
            trigger("RUN_ID=r-1");

            assertThat(post("queue/cancelItem?id=1", "").statusCode()).isEqualTo(204);
            assertThat(post("queue/cancelItem?id=1", "").statusCode()).isEqualTo(404);

            JsonNode item = json("queue/item/1/api/json");
            assertThat(item.path("cancelled").asBoolean()).isTrue();
            assertThat(item.path("executable").isNull()).isTrue();
            clock.pass(Duration.ofMinutes(1));
            assertThat(job.builds()).isEmpty();
        }
    }

    @Nested
    class ABuild {
        @Test
        void showsItsLogAsItGrows() throws Exception {
            trigger("RUN_ID=r-1");
            clock.pass(Duration.ofSeconds(5));

            HttpResponse<String> first = get(JOB + "1/logText/progressiveText?start=0");
            assertThat(first.body()).isEqualTo("Started by user tiphys\n");
            assertThat(first.headers().firstValue("X-More-Data")).contains("true");
            clock.pass(Duration.ofSeconds(5));
            HttpResponse<String> second = get(JOB + "1/logText/progressiveText?start=" + size(first));
            assertThat(second.body()).isEqualTo("one\n");
            clock.pass(Duration.ofSeconds(5));
            HttpResponse<String> last = get(JOB + "1/logText/progressiveText?start=" + size(second));

            assertThat(last.body()).isEqualTo("two\nFinished: SUCCESS\n");
            assertThat(last.headers().firstValue("X-More-Data")).isEmpty();
        }

        @Test
        void isAbortedByStop() throws Exception {
            job.runUntilFinished().queueFor(Duration.ZERO);
            trigger("RUN_ID=r-1");

            assertThat(post(JOB + "1/stop", "").statusCode()).isEqualTo(302);

            JsonNode build = json(JOB + "1/api/json");
            assertThat(build.path("result").asText()).isEqualTo("ABORTED");
            assertThat(build.path("building").asBoolean()).isFalse();
            assertThat(get(JOB + "1/consoleText").body()).endsWith("Finished: ABORTED\n");
        }

        @Test
        void mayTellItsResultBeforeItEnds() throws Exception {
            job.queueFor(Duration.ZERO).result(JenkinsResult.UNSTABLE).postFor(Duration.ofSeconds(3));
            trigger("RUN_ID=r-1");
            json(JOB + "1/api/json");

            clock.pass(Duration.ofSeconds(10));
            JsonNode early = json(JOB + "1/api/json");
            clock.pass(Duration.ofSeconds(3));

            assertThat(early.path("result").asText()).isEqualTo("UNSTABLE");
            assertThat(early.path("building").asBoolean()).isTrue();
            assertThat(json(JOB + "1/api/json").path("building").asBoolean()).isFalse();
        }

        @Test
        void mayEndByItsParameters() throws Exception {
            job.queueFor(Duration.ZERO)
                    .runsFor(Duration.ZERO)
                    .result(p -> "bad".equals(p.get("REVISION")) ? JenkinsResult.FAILURE : JenkinsResult.SUCCESS);
            trigger("REVISION=bad");
            trigger("REVISION=good");

            assertThat(job.builds())
                    .extracting(build -> build.result().orElseThrow())
                    .containsExactly(JenkinsResult.FAILURE, JenkinsResult.SUCCESS);
        }
    }

    @Nested
    class OnDemand {
        @Test
        void anAnswerIsLostAfterTheBuildWasAccepted() throws Exception {
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.ActThenDrop());

            assertThatThrownBy(() -> trigger("RUN_ID=r-1")).isInstanceOf(IOException.class);

            assertThat(jenkins.acceptedByRun()).containsExactly(Map.entry("r-1", 1));
        }

        @Test
        void aRequestIsLostBeforeItDidAnything() {
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.Drop());

            assertThatThrownBy(() -> trigger("RUN_ID=r-1")).isInstanceOf(IOException.class);

            assertThat(jenkins.acceptedByRun()).isEmpty();
        }

        @Test
        void aHeaderIsMissing() throws Exception {
            jenkins.traffic().fail(JenkinsRequest.TRIGGER, 1, new Fault.LoseHeader("Location"));

            HttpResponse<String> answer = trigger("RUN_ID=r-1");

            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.headers().firstValue("Location")).isEmpty();
        }

        @Test
        void requestsFailUntilHealed() throws Exception {
            jenkins.traffic().failAll(JenkinsRequest.JOB, Fault.refuse(500));
            assertThat(get(JOB + "api/json").statusCode()).isEqualTo(500);
            assertThat(get(JOB + "api/json").statusCode()).isEqualTo(500);

            jenkins.traffic().heal();

            assertThat(get(JOB + "api/json").statusCode()).isEqualTo(200);
            assertThat(jenkins.traffic().count(JenkinsRequest.JOB)).isEqualTo(3);
        }

        @Test
        void nothingAnswers() {
            jenkins.traffic().fail(JenkinsRequest.OTHER, 1, new Fault.Silence());

            HttpRequest request =
                    request("api/json").timeout(Duration.ofMillis(200)).build();

            assertThatThrownBy(() -> CLIENT.send(request, HttpResponse.BodyHandlers.discarding()))
                    .isInstanceOf(HttpTimeoutException.class);
        }
    }

    @Test
    void anAnswerStallsAfterItsHead() throws Exception {
        jenkins.traffic().fail(JenkinsRequest.OTHER, 1, new Fault.ActThenStall());

        HttpResponse<InputStream> answer =
                CLIENT.send(request("api/json").build(), HttpResponse.BodyHandlers.ofInputStream());

        assertThat(answer.statusCode()).isEqualTo(200);
        try (InputStream body = answer.body()) {
            assertThat(body.available()).isZero();
        }
    }

    @Test
    void aTokenIsAskedFor() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(jenkins.url().resolve("api/json"));

        int none = CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
        int wrong = CLIENT.send(
                        request.header("Authorization", "Basic dGlwaHlzOndyb25n")
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();

        assertThat(none).isEqualTo(403);
        assertThat(wrong).isEqualTo(401);
    }

    @Test
    void foldersListWhatIsInThem() throws Exception {
        assertThat(json("api/json").path("jobs").findValuesAsText("name")).containsExactly("shop");
        assertThat(json("job/shop/api/json").path("jobs").findValuesAsText("name"))
                .containsExactly("integration-test");
        assertThat(get("job/nobody/api/json").statusCode()).isEqualTo(404);
    }

    @Test
    void aTreeThatCannotBeReadIsRefused() throws Exception {
        assertThat(get("api/json?tree=" + encoded("jobs[name")).statusCode()).isEqualTo(400);
    }

    private HttpResponse<String> trigger(String form) throws Exception {
        return post(JOB + "buildWithParameters", form);
    }

    private HttpResponse<String> post(String path, String form) throws Exception {
        return CLIENT.send(
                request(path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    private HttpRequest.Builder request(String path) {
        String basic = Base64.getEncoder().encodeToString("tiphys:s3cret".getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(jenkins.url().resolve(path)).header("Authorization", "Basic " + basic);
    }

    private static String size(HttpResponse<String> log) {
        return log.headers().firstValue("X-Text-Size").orElseThrow();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
