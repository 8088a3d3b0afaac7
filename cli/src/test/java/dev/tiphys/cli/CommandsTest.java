package dev.tiphys.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands against a server that answers as written: what they send, print, and end with. */
class CommandsTest {
    private static final String RUNS = """
            {"items": [{"id": "r-1", "pipeline": "shop-delivery", "state": "running", "reason": null,
              "startedAt": "2026-01-01T00:00:00Z", "finishedAt": null,
              "trigger": {"event": "e-1", "revision": "1234567890123456789012345678901234567890", "author": "Ada"},
              "steps": [{"name": "experiment", "kind": "deploy", "state": "succeeded", "attempt": 1},
                        {"name": "test", "kind": "jenkins", "state": "waiting", "attempt": 1,
                         "wait": {"for": "jenkins build", "on": "shop #12", "since": "2026-01-01T00:00:00Z",
                                  "until": null, "unblock": "Jenkins ends it"}}]}], "next": "r-1"}""";

    @TempDir
    private Path data;

    private final Map<String, Reply> replies = new HashMap<>();
    private final Map<String, Runnable> afterwards = new HashMap<>();
    private final List<String> requests = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer server;

    private static final Reply BROKEN_OFF = new Reply(0, "");

    private record Reply(int status, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Files.writeString(
                data.resolve("address"),
                "http://127.0.0.1:" + server.getAddress().getPort() + "\n");
        Files.writeString(data.resolve("token"), "secret-token\n");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(request + " " + exchange.getRequestHeaders().getFirst("Authorization") + " "
                + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        Reply reply = replies.getOrDefault(request, new Reply(404, "{\"detail\": \"nothing at " + request + "\"}"));
        afterwards.getOrDefault(request, () -> {}).run();
        if (reply == BROKEN_OFF) {
            exchange.close();
            return;
        }
        byte[] body = reply.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--data", data.toString()));
        CommandLine commands = Tiphys.commands();
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        return commands.execute(all.toArray(String[]::new));
    }

    @Nested
    class Getting {
        @Test
        void printsATableWithASignForEachStep() {
            replies.put("GET /api/runs?pipeline=shop-delivery", new Reply(200, RUNS));

            assertThat(run("get", "runs", "--pipeline", "shop-delivery")).isZero();

            assertThat(out.toString())
                    .contains("RUN")
                    .contains("r-1  shop-delivery  running  1234567")
                    .contains("✔▶");
            assertThat(err.toString()).contains("--after r-1");
        }

        @Test
        void printsTheServersAnswerAsJson() throws IOException {
            replies.put("GET /api/runs", new Reply(200, RUNS));

            assertThat(run("get", "runs", "--output", "json")).isZero();

            assertThat(Connection.JSON.readTree(out.toString())).isEqualTo(Connection.JSON.readTree(RUNS));
        }

        @Test
        void sendsTheTokenOfTheDataDirectory() {
            replies.put("GET /api/applications", new Reply(200, "{\"items\": [], \"next\": null}"));

            run("get", "applications");

            assertThat(requests).singleElement().asString().contains("Bearer secret-token");
        }
    }

    @Nested
    class Acting {
        @Test
        void startsAPipelineWithItsParametersAsText() {
            replies.put("POST /api/runs", new Reply(201, "{\"id\": \"r-2\"}"));

            assertThat(run("start", "smoke", "-p", "port=42", "-p", "who=Ada", "--revision", "abc"))
                    .isZero();

            assertThat(out.toString()).isEqualToIgnoringNewLines("r-2");
            assertThat(requests).singleElement().asString().endsWith("""
                    {"pipeline":"smoke","revision":"abc","parameters":{"port":"42","who":"Ada"}}""");
        }

        @Test
        void decidesAboutAnApprovalWithAComment() {
            replies.put("POST /api/runs/r-1/steps/release/approve", new Reply(200, "{}"));
            replies.put("POST /api/runs/r-1/steps/release/reject", new Reply(200, "{}"));

            assertThat(run("approve", "r-1", "release", "--comment", "well done"))
                    .isZero();
            assertThat(run("reject", "r-1", "release", "-m", "not today")).isZero();

            assertThat(requests.get(0)).contains("/approve").endsWith("{\"comment\":\"well done\"}");
            assertThat(requests.get(1)).contains("/reject").endsWith("{\"comment\":\"not today\"}");
        }

        @Test
        void cancelsInTheWayThatIsAskedFor() {
            replies.put("POST /api/runs/r-1/cancel", new Reply(202, "{}"));

            assertThat(run("cancel", "r-1")).isZero();
            assertThat(run("cancel", "r-1", "--mode", "drain", "--reason", "lunch"))
                    .isZero();

            assertThat(requests.get(0)).endsWith("{\"mode\":\"finally\",\"reason\":null}");
            assertThat(requests.get(1)).endsWith("{\"mode\":\"drain\",\"reason\":\"lunch\"}");
        }
    }

    @Nested
    class Looking {
        @Test
        void printsAStepsLogAsItIs() {
            replies.put("GET /api/runs/r-1/steps/test/log", new Reply(200, "one\ntwo\n"));

            assertThat(run("logs", "r-1", "test")).isZero();

            assertThat(out.toString()).isEqualTo("one\ntwo\n");
        }

        @Test
        void describesARunThatWaitsForItsTurn() {
            replies.put("GET /api/runs/r-3", new Reply(200, """
                    {"id": "r-3", "pipeline": "p", "state": "pending", "startedAt": null, "finishedAt": null,
                     "trigger": {"event": null, "actor": "ada"}, "parameters": {"flavour": "sour"}, "steps": [],
                     "wait": {"for": "turn", "on": "shop behind run r-2", "since": "2026-01-01T00:00:00Z",
                              "until": null, "unblock": "run r-2 ends"}}"""));

            assertThat(run("describe", "run", "r-3")).isZero();

            assertThat(out.toString())
                    .contains("waits for turn shop behind run r-2", "to go on: run r-2 ends")
                    .contains("By hand   ada", "With      flavour=sour", "Started   not yet")
                    .doesNotContain("Commit");
        }

        @Test
        void namesDefinitionsAsTheyAreAskedFor() {
            replies.put("GET /api/definitions", new Reply(200, """
                    {"items": [{"apiVersion": "tiphys.dev/v1", "kind": "Pipeline", "metadata": {"name": "p"}}]}"""));
            replies.put("GET /api/definitions/Pipeline/p", new Reply(200, "{\"kind\": \"Pipeline\"}"));

            assertThat(run("get", "definitions")).isZero();
            assertThat(run("get", "definitions", "Pipeline/p")).isZero();
            assertThat(run("get", "definitions", "p")).isEqualTo(2);

            assertThat(out.toString()).contains("Pipeline/p  tiphys.dev/v1", "kind: Pipeline");
            assertThat(err.toString()).contains("KIND/NAME");
        }

        @Test
        void listsWhyAnApplicationIsUnknown() {
            replies.put("GET /api/applications", new Reply(200, """
                    {"items": [{"name": "broken", "sync": "Unknown", "health": "Unknown", "operation": null,
                      "conditions": [{"type": "ComparisonError", "message": "deploy/b.yaml:9:2 is no YAML"}]}]}"""));

            assertThat(run("get", "applications", "-o", "wide")).isZero();

            assertThat(out.toString()).contains("deploy/b.yaml:9:2 is no YAML");
        }

        @Test
        void saysThatAStepHasWrittenNoLog() {
            replies.put("GET /api/runs/r-1/steps/dev/log", new Reply(200, ""));

            assertThat(run("logs", "r-1", "dev")).isZero();

            assertThat(out.toString()).isEmpty();
            assertThat(err.toString()).contains("step dev has written no log", "describe run r-1");
        }

        @Test
        void followsALogByWhatIsNew() throws IOException {
            String open = Connection.JSON.readTree(RUNS).at("/items/0").toString();
            String ended = open.replace("\"waiting\"", "\"succeeded\"");
            replies.put("GET /api/runs/r-1", new Reply(200, open));
            replies.put("GET /api/runs/r-1/steps/test/log", new Reply(200, "\ud83d\ude80 one\n"));
            afterwards.put("GET /api/runs/r-1/steps/test/log", () -> {
                replies.put("GET /api/runs/r-1", new Reply(200, ended));
                replies.put("GET /api/runs/r-1/steps/test/log?from=6", new Reply(200, "two\n"));
            });

            assertThat(run("logs", "r-1", "test", "--follow")).isZero();

            assertThat(out.toString()).isEqualTo("\ud83d\ude80 one\ntwo\n");
        }

        @Test
        void describesARunWithWhatItsStepsWaitFor() throws IOException {
            replies.put(
                    "GET /api/runs/r-1",
                    new Reply(200, Connection.JSON.readTree(RUNS).at("/items/0").toString()));

            assertThat(run("describe", "run", "r-1")).isZero();

            assertThat(out.toString())
                    .contains("r-1 of shop-delivery", "✔ experiment (deploy): succeeded", "▶ test (jenkins): waiting")
                    .contains("waits for jenkins build shop #12", "to go on: Jenkins ends it");
        }

        @Test
        void describesAnApplicationWithItsResources() {
            replies.put("GET /api/applications/shop-dev", new Reply(200, """
                    {"name": "shop-dev", "sync": "OutOfSync", "health": "Degraded", "revision": "1234567890",
                     "operation": {"phase": "Failed", "message": "the image is not there"},
                     "conditions": [], "history": [],
                     "resources": [{"kind": "Deployment", "namespace": "dev", "name": "web", "sync": "Synced",
                                    "health": "Degraded", "message": "ErrImagePull"}]}"""));

            assertThat(run("describe", "application", "shop-dev")).isZero();

            assertThat(out.toString()).contains("OutOfSync", "the image is not there", "Deployment", "ErrImagePull");
        }

        @Test
        void checksDefinitionsWithoutStoringThem() throws IOException {
            Path file = Files.writeString(data.resolve("p.yaml"), "kind: Pipeline\n");
            replies.put(
                    "PUT /api/definitions?dryRun=true",
                    new Reply(200, "{\"created\": [{\"kind\": \"Pipeline\", \"name\": \"p\"}]}"));

            assertThat(run("lint", "-f", file.toString())).isZero();

            assertThat(out.toString()).isEqualToIgnoringNewLines("Pipeline/p would be created");
        }

        @Test
        void printsACompletionScript() {
            assertThat(Tiphys.commands().setOut(new PrintWriter(out, true)).execute("completion"))
                    .isZero();

            assertThat(out.toString()).contains("complete", "approve", "redrive");
        }
    }

    @Nested
    class ExitCodes {
        @Test
        void isOneWhenTheServerRefusesWithItsWords() {
            replies.put("POST /api/runs/r-1/retry", new Reply(409, "{\"detail\": \"run r-1 has not failed\"}"));

            assertThat(run("retry", "r-1")).isEqualTo(1);

            assertThat(err.toString()).contains("run r-1 has not failed");
        }

        @Test
        void isTwoForWrongUse() {
            assertThat(run("get", "nonsense")).isEqualTo(2);

            assertThat(err.toString())
                    .contains("expected one of runs, applications, events,", "met nonsense", "`tiphys get --help`")
                    .hasLineCount(2);
        }

        @Test
        void isTwoForAnUnknownOptionWithWhatWasMeant() {
            assertThat(run("get", "runs", "--pipelin", "shop")).isEqualTo(2);

            assertThat(err.toString()).contains("--pipelin", "--pipeline");
        }

        @Test
        void isTwoForAServerThatIsNoAddress() {
            assertThat(run("get", "runs", "--server", "localhost:8080")).isEqualTo(2);

            assertThat(err.toString()).contains("localhost:8080", "http://HOST:PORT");
        }

        @Test
        void isThreeWhenNothingAnswers() {
            server.stop(0);

            assertThat(run("get", "runs")).isEqualTo(3);

            assertThat(err.toString()).contains("nothing answers at").contains("tiphys up");
        }

        @Test
        void isOneForAStartWithParametersThatAreWrongAndSaysWhichAndWhy() {
            replies.put("POST /api/runs", new Reply(422, """
                    {"detail": "pipeline p cannot be started with these parameters", "findings": [
                      {"severity": "ERROR", "path": "parameters.count", "message": "it must be a number"}]}"""));

            assertThat(run("start", "p", "-p", "count=abc")).isEqualTo(1);

            assertThat(err.toString()).contains("cannot be started", "parameters.count: it must be a number");
        }

        @Test
        void isThreeWhenTheAnswerBreaksOffAndTheRequestIsNotRepeated() {
            replies.put("POST /api/runs/r-9/retry", BROKEN_OFF);

            assertThat(run("retry", "r-9")).isEqualTo(3);

            assertThat(err.toString()).contains("did not answer in full", "before you ask again");
            assertThat(requests).hasSize(1);
        }

        @Test
        void isOneWhenAFollowedRunDoesNotSucceed() {
            replies.put("GET /api/runs/r-2", new Reply(200, """
                    {"id": "r-2", "pipeline": "p", "state": "failed", "reason": "step test failed", "steps": []}"""));

            assertThat(run("tail", "r-2")).isEqualTo(1);

            assertThat(out.toString()).contains("failed: step test failed");
        }
    }

    @Nested
    class Applying {
        @Test
        void leadsAFindingBackToItsFileAndLine() throws IOException {
            Path first = Files.writeString(data.resolve("a.yaml"), "kind: A\nname: a\n");
            Path second = Files.writeString(data.resolve("b.yaml"), "kind: B\n");
            replies.put("PUT /api/definitions", new Reply(422, """
                    {"detail": "1 definition is wrong", "findings": [
                      {"severity": "ERROR", "line": 4, "column": 7, "path": "kind", "message": "unknown kind B"}]}"""));

            assertThat(run("apply", "-f", first.toString(), "-f", second.toString()))
                    .isEqualTo(1);

            assertThat(err.toString())
                    .contains(second + ":1:7: error: kind: unknown kind B")
                    .endsWith("tiphys: nothing was changed\n");
            assertThat(requests).singleElement().asString().contains("kind: A\nname: a\n---\nkind: B\n");
        }

        @Test
        void saysWhatBecameOfEachDefinition() throws IOException {
            Path file = Files.writeString(data.resolve("a.yaml"), "kind: A\n");
            replies.put("PUT /api/definitions", new Reply(200, """
                    {"created": [{"kind": "Pipeline", "name": "p"}], "updated": [], "unchanged": [], "warnings": [
                      {"severity": "WARNING", "line": 1, "column": 3, "path": "spec.colour", "message": "unknown field"}]}"""));

            assertThat(run("apply", "-f", file.toString())).isZero();

            assertThat(out.toString()).contains("Pipeline/p created");
            assertThat(err.toString()).contains(file + ":1:3: warning: spec.colour: unknown field");
        }
    }

    @Nested
    class ParkedMessages {
        @Test
        void areListedWithTheirReason() {
            replies.put("GET /api/parked?queue=orders", new Reply(200, """
                    {"items": [{"id": "7", "queue": "orders", "message": "m-1", "receives": 5,
                      "reason": "deduplicateBy cannot be resolved", "parkedAt": "2026-01-01T00:00:00Z"}], "next": null}"""));

            assertThat(run("get", "parked", "--queue", "orders")).isZero();

            assertThat(out.toString()).contains("7", "orders", "m-1", "deduplicateBy cannot be resolved");
        }

        @Test
        void areSentInAgain() {
            replies.put("POST /api/parked/7/redrive", new Reply(200, "{\"id\": \"7\", \"event\": \"e-1\"}"));

            assertThat(run("redrive", "7")).isZero();

            assertThat(out.toString()).contains("7 is event e-1");
        }

        @Test
        void tellWhyTheyStayParked() {
            replies.put("POST /api/parked/7/redrive", new Reply(422, "{\"detail\": \"still no event: no order\"}"));

            assertThat(run("redrive", "7")).isEqualTo(1);

            assertThat(err.toString()).contains("still no event: no order");
        }
    }

    @Test
    void listsHowTheReadingOfQueuesGoes() {
        replies.put("GET /api/queues", new Reply(200, """
                {"items": [{"name": "orders", "transport": "sqs", "state": "failing", "reason": "there is no queue orders",
                  "since": "2026-01-01T00:00:00Z", "inFlight": 0, "counts": {"accepted": 3}}]}"""));

        assertThat(run("get", "queues")).isZero();

        assertThat(out.toString()).contains("orders", "failing", "there is no queue orders");
    }

    @Test
    void explainsWhatAnEventStartedAndWhatNot() {
        replies.put("GET /api/events?limit=500", new Reply(200, """
                {"items": [{"id": "e-1", "endpoint": "shop", "type": "push", "revision": "abcdef"}]}"""));
        replies.put("GET /api/events/e-1/trace", new Reply(200, """
                {"event": "e-1", "decisions": [
                  {"pipeline": "p", "started": true, "run": "r-1"},
                  {"pipeline": "q", "started": false, "condition": "branch", "expected": "main", "met": "feature/x"}]}"""));

        assertThat(run("explain", "abc")).isZero();

        assertThat(out.toString())
                .contains("started      p as run r-1")
                .contains("not started  q: branch must be main, was feature/x");
    }

    @Test
    void triesDefinitionsOutOnAnEvent() throws IOException {
        Path file = Files.writeString(data.resolve("p.yaml"), "kind: Pipeline\n");
        replies.put("GET /api/events?limit=500", new Reply(200, """
                {"items": [{"id": "e-1", "endpoint": "shop", "type": "push", "revision": "abcdef"}]}"""));
        replies.put("POST /api/events/e-1/trace", new Reply(200, """
                {"event": "e-1", "decisions": [{"pipeline": "p", "started": true, "run": null}]}"""));

        assertThat(run("explain", "e-1", "-f", file.toString())).isZero();

        assertThat(out.toString()).contains("would start  p");
        assertThat(requests).last().asString().contains("kind: Pipeline");
    }

    @Test
    void saysWhereTriedDefinitionsAreWrong() throws IOException {
        Path file = Files.writeString(data.resolve("p.yaml"), "kind: Pipeline\n");
        replies.put("GET /api/events?limit=500", new Reply(200, """
                {"items": [{"id": "e-1", "endpoint": "shop", "type": "push"}]}"""));
        replies.put("POST /api/events/e-1/trace", new Reply(422, """
                {"detail": "the definitions are wrong", "findings": [
                  {"severity": "ERROR", "line": 1, "column": 1, "path": "kind", "message": "bad"}]}"""));

        assertThat(run("explain", "e-1", "-f", file.toString())).isEqualTo(1);

        assertThat(err.toString()).contains(file + ":1:1: error: kind: bad");
    }

    @Test
    void listsSchedulesWithTheirTicks() {
        replies.put("GET /api/schedules", new Reply(200, """
                {"items": [{"owner": "nightly", "kind": "pipeline", "cron": "30 6 * * *", "timeZone": "Europe/Vienna",
                  "missed": "latest", "lastTick": null, "nextTick": "2026-03-02T05:30:00Z", "state": "waiting",
                  "reason": null}], "next": null}"""));

        assertThat(run("get", "schedules")).isZero();

        assertThat(out.toString())
                .contains("nightly  30 6 * * *  Europe/Vienna")
                .contains("2026-03-02T05:30:00Z");
    }

    @Nested
    class Deliveries {
        private static final String DELIVERY = """
                {"id": "0195-1", "at": "2026-01-01T00:00:00Z", "endpoint": "shop", "way": "hook", "verdict": "accepted",
                 "reason": null, "delivery": "guid-1", "type": "push", "events": ["e-1"], "position": {"partition": 2, "offset": 7},
                 "secret": "previous", "bytes": 1234, "took": {"receiving": "PT0.001S"}, "count": 1, "recovered": true,
                 "replayOf": null}""";

        private static final String REPLAYED = """
                {"delivery": null, "replayOf": "0195-1", "dryRun": true, "verdict": "accepted", "reason": null,
                 "events": [{"id": "e-2", "data": {"type": "push", "endpoint": "shop"}}]}""";

        @Test
        void areListedByWhatIsAskedFor() {
            replies.put(
                    "GET /api/deliveries?endpoint=shop&verdict=unverified&from=2026-01-01T00%3A00%3A00Z",
                    new Reply(200, """
                    {"items": [%s, {"id": "0195-2", "at": "2026-01-01T00:00:00Z", "endpoint": "shop", "verdict": "unverified",
                      "reason": "no proof", "events": [], "count": 17}], "next": null}""".formatted(DELIVERY)));

            assertThat(run(
                            "get",
                            "deliveries",
                            "--endpoint",
                            "shop",
                            "--verdict",
                            "unverified",
                            "--from",
                            "2026-01-01T00:00:00Z"))
                    .isZero();

            assertThat(out.toString())
                    .contains("accepted, recovered")
                    .contains("unverified ×17")
                    .contains("no proof");
        }

        @Test
        void areDescribedWithWhatTheyHeldOrWhyNot() {
            replies.put("GET /api/deliveries/0195-1", new Reply(200, DELIVERY));
            replies.put(
                    "GET /api/deliveries/0195-1/payload",
                    new Reply(410, "{\"detail\": \"event e-1 is not on the log\"}"));

            assertThat(run("describe", "delivery", "0195-1")).isZero();

            assertThat(out.toString())
                    .contains("Secret      previous")
                    .contains("partition 2, offset 7")
                    .contains("Payload     none: event e-1 is not on the log");
        }

        @Test
        void areReplayedDryByOtherDefinitionsWithWhatTheyWouldStart() throws IOException {
            Path file = Files.writeString(data.resolve("a.yaml"), "kind: A\n");
            replies.put("POST /api/deliveries/0195-1/replay", new Reply(200, REPLAYED));
            replies.put("POST /api/trace", new Reply(200, """
                    {"decisions": [{"pipeline": "q", "started": false, "condition": "branch", "expected": "main", "met": "x"}]}"""));

            assertThat(run("replay", "0195-1", "--dry-run", "-f", file.toString()))
                    .isZero();

            assertThat(out.toString())
                    .contains("would be accepted")
                    .contains("would make event e-2: push of shop")
                    .contains("not started  q");
            assertThat(requests)
                    .anySatisfy(
                            request -> assertThat(request).contains("replay").contains("\"dryRun\":true", "kind: A"))
                    .anySatisfy(request ->
                            assertThat(request).contains("/api/trace").contains("\"e-2\"", "kind: A"));
        }

        @Test
        void areReplayedWithTheDefinitionsAsTheyAre() throws IOException {
            Path file = Files.writeString(data.resolve("a.yaml"), "kind: A\n");
            replies.put("POST /api/deliveries/0195-1/replay", new Reply(200, REPLAYED.replace("true", "false")));

            assertThat(run("replay", "0195-1")).isZero();
            assertThat(requests).singleElement().asString().contains("\"dryRun\":false");
            assertThat(run("replay", "0195-1", "-f", file.toString())).isEqualTo(2);
        }

        @Test
        void comeToEndpointsWhoseSecretsAreSeenTo() {
            replies.put("GET /api/endpoints", new Reply(200, """
                    {"items": [{"name": "shop", "address": "/hooks/shop", "sender": "github", "proof": "shared secret",
                      "secrets": [{"there": true, "neverUsed": true}, {"there": false}]}], "next": null}"""));

            assertThat(run("get", "endpoints")).isZero();

            assertThat(out.toString()).containsPattern("/hooks/shop +github +shared secret +never used +none");
        }
    }
}
