package dev.tiphys.engine.story;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.contracts.notice.NoticeRequested;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.platform.log.LogWriter;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engine alone among real parts: events in, commands and facts out, people over HTTP. The test plays the syncer. */
@QuarkusTest
@QuarkusTestResource(value = Parts.class, restrictToAnnotatedClass = true)
@Tag("real")
class PipelineStoryTest {
    private static final String REVISION = "1234567890123456789012345678901234567890";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String DEFINITIONS = """
            apiVersion: tiphys.dev/v1
            kind: Repository
            metadata: {name: shop}
            spec: {url: https://github.com/acme/shop.git, provider: github}
            ---
            apiVersion: tiphys.dev/v1
            kind: SlackWorkspace
            metadata: {name: default}
            spec: {token: {secretRef: {name: slack, key: token}}}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: shop-experiment, namespace: argocd}
            spec:
              project: default
              source: {repoURL: https://github.com/acme/shop.git, path: deploy/experiment, targetRevision: main}
              destination: {server: https://kubernetes.default.svc, namespace: experiment}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: shop-dev, namespace: argocd}
            spec:
              project: default
              source: {repoURL: https://github.com/acme/shop.git, path: deploy/dev, targetRevision: main}
              destination: {server: https://kubernetes.default.svc, namespace: dev}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: shop-auto, namespace: argocd}
            spec:
              project: default
              source: {repoURL: https://github.com/acme/shop.git, path: deploy/auto, targetRevision: main}
              destination: {server: https://kubernetes.default.svc, namespace: auto}
              syncPolicy: {automated: {prune: true}}
            ---
            apiVersion: tiphys.dev/v1
            kind: Pipeline
            metadata: {name: shop-delivery}
            spec:
              on:
                - push: {repository: shop, branches: [main], paths: ["deploy/**"]}
              concurrency: {key: shop, rule: latest}
              notify: {slack: "#deploys"}
              steps:
                - {name: experiment, deploy: {application: shop-experiment}}
                - {name: settle, wait: {duration: 200ms}}
                - {name: release, approval: {message: "Release ${{ event.git.revision }}?"}}
                - {name: dev, deploy: {application: shop-dev}}
              finally:
                - {name: say, notify: {slack: "#deploys", text: "over: ${{ steps.dev.state }}"}}
            ---
            apiVersion: tiphys.dev/v1
            kind: Pipeline
            metadata: {name: by-hand}
            spec:
              parameters:
                flavour: {type: string, options: [sweet, sour]}
              steps:
                - {name: pause, wait: {duration: 10m}}
            ---
            apiVersion: tiphys.dev/v1
            kind: Pipeline
            metadata: {name: one-by-one}
            spec:
              concurrency: {key: one-by-one, rule: sequential}
              steps:
                - {name: pause, wait: {duration: 10m}}
            ---
            apiVersion: tiphys.dev/v1
            kind: Pipeline
            metadata: {name: impossible}
            spec:
              steps:
                - {name: nowhere, deploy: {application: shop-auto}}
            """;

    @Inject
    LogWriter log;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String servers;

    private TopicTail tail;

    @BeforeEach
    void publishDefinitions() throws InterruptedException {
        tail = new TopicTail(servers, Topic.RUNS, Topic.SYNC_COMMANDS, Topic.NOTICES, Topic.AUDIT);
        DefinitionReader.Reading reading = DefinitionReader.read("test.yaml", DEFINITIONS);
        assertThat(reading.findings()).isEmpty();
        for (DefinitionReader.Document document : reading.documents()) {
            StoredDefinition stored = document.stored();
            write(Topic.DEFINITIONS, stored.key().text(), stored.key().text(), stored);
        }
        await().atMost(PATIENCE)
                .until(() -> api().get("/api/pipelines/impossible").statusCode() == 200);
    }

    @AfterEach
    void closeTail() throws InterruptedException {
        tail.close();
    }

    @Test
    void aPushGoesThroughDeployWaitApprovalAndDeploy() {
        push("delivery-1", "refs/heads/main", List.of("deploy/dev/app.yaml"));

        SyncCommand.SyncRequested first = requested("shop-experiment", 0);
        assertThat(first.revision()).isEqualTo(REVISION);
        String run = first.by().run();
        JsonNode waiting = run(run);
        assertThat(waiting.at("/state").asText()).isEqualTo("running");
        assertThat(waiting.at("/steps/0/wait/for").asText()).isEqualTo("sync");
        answer(first, SyncFact.Outcome.SUCCEEDED);
        answer(first, SyncFact.Outcome.SUCCEEDED);

        awaitStep(run, 2, "waiting");
        assertThat(run(run).at("/steps/2/wait/on").asText()).isEqualTo("Release " + REVISION + "?");
        api().header("Tiphys-Actor", "ann")
                .contentType("application/json")
                .body(Map.of("comment", "fine"))
                .post("/api/runs/" + run + "/steps/release/approve")
                .then()
                .statusCode(200);
        api().post("/api/runs/" + run + "/steps/release/approve").then().statusCode(409);

        answer(requested("shop-dev", 0), SyncFact.Outcome.SUCCEEDED);
        awaitRun(run, "succeeded");

        await().atMost(PATIENCE).until(() -> facts(run).stream().anyMatch(RunFact.RunFinished.class::isInstance));
        List<RunFact> facts = facts(run);
        assertThat(facts).extracting(RunFact::sequence).isSorted();
        assertThat(facts.getLast().sequence()).isEqualTo(facts.size());
        assertThat(facts.getFirst()).isInstanceOf(RunFact.RunCreated.class);
        assertThat(tail.of(NoticeRequested.class))
                .filteredOn(notice -> notice.run().equals(run))
                .extracting(NoticeRequested::text)
                .containsExactly("over: succeeded");
        assertThat(tail.of(ActionTaken.class))
                .contains(new ActionTaken("ann", "approve", "run " + run + "/steps/release", "fine"));
        JsonNode trace = json(api().get("/api/events/delivery-1/trace").asString());
        assertThat(trace.at("/decisions").findParents("run").stream()
                        .filter(each -> each.path("started").asBoolean())
                        .map(each -> each.path("run").asText()))
                .containsExactly(run);
        JsonNode list = json(api().get("/api/runs?pipeline=shop-delivery&state=succeeded&limit=1")
                .asString());
        assertThat(list.at("/items/0/pipeline").asText()).isEqualTo("shop-delivery");
        assertThat(list.at("/items/0/steps/0").has("name")).isTrue();
        assertThat(list.at("/items/0/steps/0").has("outputs")).isFalse();
        assertThat(json(api().get("/api/runs/" + run).asString()).at("/steps/0").has("outputs"))
                .isTrue();
    }

    @Test
    void aLongListIsWholeAndTheNewestRunsComeFirst() {
        for (int i = 0; i < 25; i++) {
            api().contentType("application/json")
                    .body(Map.of("pipeline", "impossible"))
                    .post("/api/runs")
                    .then()
                    .statusCode(201);
        }

        List<String> all = listed("limit=200");
        JsonNode first =
                json(api().get("/api/runs?pipeline=impossible&limit=15").asString());
        List<String> next = listed("limit=200&after=" + first.path("next").asText());

        assertThat(all)
                .hasSizeGreaterThanOrEqualTo(25)
                .doesNotHaveDuplicates()
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(first.path("items").findValuesAsText("id")).isEqualTo(all.subList(0, 15));
        assertThat(next).isEqualTo(all.subList(15, all.size()));
    }

    private static List<String> listed(String query) {
        return json(api().get("/api/runs?pipeline=impossible&" + query).asString())
                .path("items")
                .findValuesAsText("id");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/runs?limit=abc, 'limit must be a whole number from 1 on, and is abc'",
        "/api/runs?limit=0, 'limit must be a whole number from 1 on, and is 0'",
        "/api/events?limit=-1, 'limit must be a whole number from 1 on, and is -1'",
        "/api/runs?after=nonsense, 'after must be the id of a run, as next of a page gives it, and is nonsense'",
        "/api/events?after=nonsense, 'there is no event nonsense'"
    })
    void aPageThatCannotBeIsRefusedWithWhatCan(String path, String said) {
        JsonNode problem = json(api().get(path).then().statusCode(400).extract().asString());

        assertThat(problem.path("detail").asText()).contains(said);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/runs, 'parameters, pipeline, revision'",
        "/api/runs/some/cancel, 'mode, reason'",
        "/api/runs/some/retry, no fields",
        "/api/runs/some/steps/ask/approve, comment",
        "/api/runs/some/steps/ask/reject, comment",
        "/api/trace, 'definitions, event'"
    })
    void aFieldThatIsNotKnownIsRefusedWithThoseThatAre(String path, String known) {
        JsonNode problem = json(api().contentType("application/json")
                .body(Map.of("nonsense", true))
                .post(path)
                .then()
                .statusCode(400)
                .extract()
                .asString());

        assertThat(problem.path("detail").asText())
                .isEqualTo("the body has a field nonsense, which is not known here; it takes " + known);
    }

    @Test
    void theDescriptionSaysWhatRequestsHoldAndWhatTheyAreAnswered() {
        JsonNode paths = json(api().get("/q/openapi?format=json").asString()).path("paths");

        Map<String, List<String>> requests = Map.of(
                "/api/runs", List.of("StartRequest", "201", "RunAnswer"),
                "/api/runs/{id}/cancel", List.of("CancelRequest", "200", "RunAnswer"),
                "/api/runs/{id}/retry", List.of("RetryRequest", "200", "RunAnswer"),
                "/api/runs/{id}/steps/{step}/approve", List.of("CommentRequest", "200", "RunAnswer"),
                "/api/runs/{id}/steps/{step}/reject", List.of("CommentRequest", "200", "RunAnswer"),
                "/api/trace", List.of("Trial", "200", "Trace"));
        requests.forEach((path, said) -> {
            JsonNode post = paths.path(path).path("post");
            JsonNode answers = post.path("responses");
            assertThat(answers.properties())
                    .extracting(Map.Entry::getKey)
                    .filteredOn(status -> status.startsWith("2"))
                    .containsExactly(said.get(1));
            assertThat(List.of(schemaOf(post.path("requestBody")), schemaOf(answers.path(said.get(1)))))
                    .as(path)
                    .containsExactly(said.getFirst(), said.getLast());
        });
    }

    private static String schemaOf(JsonNode message) {
        assertThat(message.path("content").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("application/json");
        String reference = message.at("/content/application~1json/schema/$ref").asText();
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    @Test
    void aStateThatThereIsNotIsRefusedWithThoseThatThereAre() {
        JsonNode problem = json(api().get("/api/runs?state=nonsense")
                .then()
                .statusCode(400)
                .extract()
                .asString());

        assertThat(problem.path("detail").asText())
                .contains("no state nonsense")
                .contains("running")
                .contains("superseded");
        api().get("/api/runs?state=Running").then().statusCode(200);
    }

    @Test
    void theSameDeliveryStartsOneRun() {
        for (int i = 0; i < 5; i++) {
            push("delivery-same", "refs/heads/main", List.of("deploy/x"));
        }
        push("delivery-after", "refs/heads/other", List.of("deploy/x"));

        awaitTrace("delivery-after");

        long started = tail.of(RunFact.RunCreated.class).stream()
                .filter(created -> "delivery-same".equals(created.trigger().event()))
                .count();
        assertThat(started).isLessThanOrEqualTo(1);
        JsonNode runs =
                json(api().get("/api/runs?pipeline=shop-delivery&limit=200").asString());
        assertThat(runs.path("items").findValuesAsText("event")).containsOnlyOnce("delivery-same");
        cancelAll(runs);
    }

    @Test
    void aPushThatStartsNothingIsExplained() {
        push("delivery-2", "refs/heads/feature/x", List.of("deploy/dev/app.yaml"));
        push("delivery-3", "refs/heads/main", List.of("README.md"));

        awaitTrace("delivery-3");

        JsonNode branch = decision("delivery-2", "shop-delivery");
        assertThat(branch.path("condition").asText()).isEqualTo("branch");
        assertThat(branch.path("expected").asText()).isEqualTo("main");
        assertThat(branch.path("met").asText()).isEqualTo("feature/x");
        JsonNode paths = decision("delivery-3", "shop-delivery");
        assertThat(paths.path("condition").asText()).isEqualTo("paths");
        assertThat(paths.path("met").asText()).isEqualTo("README.md");
    }

    @Test
    void aBrokenManifestLeavesTheRunStuckWithThePlace() {
        push("delivery-4", "refs/heads/main", List.of("deploy/dev/app.yaml"));
        int before = requestsOf("shop-experiment").size();
        SyncCommand.SyncRequested request = await().atMost(PATIENCE)
                .until(
                        () -> requestsOf("shop-experiment").stream()
                                .filter(each ->
                                        "delivery-4".equals(eventOf(each.by().run())))
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
        assertThat(before).isNotNegative();

        write(
                Topic.SYNCS,
                "shop-experiment",
                "stuck-4",
                new SyncFact.SyncFinished(
                        "shop-experiment",
                        "op",
                        REVISION,
                        request.by(),
                        SyncFact.Outcome.STUCK,
                        "the manifests cannot be read",
                        List.of(new SyncFact.Problem(null, "deploy/experiment/app.yaml", 7, "mapping expected")),
                        SyncFact.Changes.NONE));

        awaitRun(request.by().run(), "stuck");
        assertThat(run(request.by().run()).at("/reason").asText())
                .isEqualTo("experiment: the manifests cannot be read: deploy/experiment/app.yaml:7: mapping expected");
    }

    @Test
    void aStartByHandIsCheckedAndCanBeCancelled() {
        RequestSpecification ann = api().header("Tiphys-Actor", "ann").contentType("application/json");
        ann.body("{\"pipeline\": \"by-hand\", \"parameters\": {\"flavour\": \"salty\"}}")
                .post("/api/runs")
                .then()
                .statusCode(422);
        String started = api().header("Tiphys-Actor", "ann")
                .contentType("application/json")
                .body("{\"pipeline\": \"by-hand\", \"parameters\": {\"flavour\": \"sour\"}}")
                .post("/api/runs")
                .then()
                .statusCode(201)
                .extract()
                .asString();
        String run = json(started).path("id").asText();
        assertThat(json(started).at("/trigger/actor").asText()).isEqualTo("ann");

        api().contentType("application/json")
                .body("{\"mode\": \"kill\", \"reason\": \"enough\"}")
                .post("/api/runs/" + run + "/cancel")
                .then()
                .statusCode(200);

        awaitRun(run, "cancelled");
        assertThat(run(run).at("/reason").asText()).isEqualTo("cancelled by api: enough");
        api().post("/api/runs/" + run + "/retry").then().statusCode(200);
        awaitStep(run, 0, "waiting");
        assertThat(run(run).at("/steps/0/attempt").asInt()).isEqualTo(2);
    }

    /** The first has its turn at once, by a word of its line; the second waits for the first. */
    @Test
    void theAnswerToAStartIsTheRunAsItIsStored() {
        String free = "{\"pipeline\": \"by-hand\", \"parameters\": {\"flavour\": \"sour\"}}";
        String lined = "{\"pipeline\": \"one-by-one\"}";
        for (String start : List.of(free, lined, lined)) {
            String answer = api().contentType("application/json")
                    .body(start)
                    .post("/api/runs")
                    .then()
                    .statusCode(201)
                    .extract()
                    .asString();

            JsonNode stored = run(json(answer).path("id").asText());
            assertThat(json(answer)).isEqualTo(stored);
            JsonNode listed = json(api().get("/api/runs?limit=1&pipeline="
                                    + stored.path("pipeline").asText())
                            .asString())
                    .at("/items/0");
            assertThat(listed.path("id")).isEqualTo(stored.path("id"));
            assertThat(listed.path("startedAt")).isEqualTo(stored.path("startedAt"));
            assertThat(stored.path("wait").isNull())
                    .isEqualTo(stored.path("state").asText().equals("running"));
        }
        cancelAll(json(api().get("/api/runs?pipeline=one-by-one").asString()));
    }

    @Test
    void whatCannotBeRunIsStuckAtOnceWithTheReason() {
        String started = api().contentType("application/json")
                .body("{\"pipeline\": \"impossible\"}")
                .post("/api/runs")
                .then()
                .statusCode(201)
                .extract()
                .asString();

        assertThat(json(started).path("state").asText()).isEqualTo("stuck");
        assertThat(json(started).path("reason").asText()).contains("shop-auto", "syncs itself");
    }

    @Test
    void anUnknownRunIsAProblem() {
        api().get("/api/runs/nothing").then().statusCode(404).contentType("application/problem+json");
        given().get("/api/runs").then().statusCode(401);
    }

    private void cancelAll(JsonNode runs) {
        runs.path("items").forEach(each -> {
            if (!RunState.of(each.path("state").asText()).finished()) {
                api().contentType("application/json")
                        .body("{\"mode\": \"kill\"}")
                        .post("/api/runs/" + each.path("id").asText() + "/cancel");
            }
        });
    }

    private String eventOf(String run) {
        return run(run).at("/trigger/event").asText();
    }

    private JsonNode decision(String event, String pipeline) {
        List<JsonNode> found = new ArrayList<>();
        json(api().get("/api/events/" + event + "/trace").asString())
                .path("decisions")
                .forEach(each -> {
                    if (each.path("pipeline").asText().equals(pipeline)) {
                        found.add(each);
                    }
                });
        return found.getFirst();
    }

    private void awaitTrace(String event) {
        await().atMost(PATIENCE)
                .until(() -> api().get("/api/events/" + event + "/trace").statusCode() == 200);
    }

    private void awaitRun(String run, String state) {
        await().atMost(PATIENCE).until(() -> run(run).path("state").asText(), state::equals);
    }

    private void awaitStep(String run, int step, String state) {
        await().atMost(PATIENCE)
                .until(() -> run(run).at("/steps/" + step + "/state").asText(), state::equals);
    }

    private JsonNode run(String run) {
        return json(api().get("/api/runs/" + run).asString());
    }

    private List<RunFact> facts(String run) {
        return tail.of(RunFact.class).stream()
                .filter(fact -> fact.run().equals(run))
                .toList();
    }

    private List<SyncCommand.SyncRequested> requestsOf(String application) {
        return tail.of(SyncCommand.SyncRequested.class).stream()
                .filter(each -> each.application().equals(application))
                .toList();
    }

    private SyncCommand.SyncRequested requested(String application, int index) {
        return await().atMost(PATIENCE)
                .until(
                        () -> requestsOf(application).stream()
                                .filter(each ->
                                        "delivery-1".equals(eventOf(each.by().run())))
                                .toList(),
                        found -> found.size() > index)
                .get(index);
    }

    private void answer(SyncCommand.SyncRequested request, SyncFact.Outcome outcome) {
        Wait wait = new Wait("rollout", "Deployment web", Instant.now(), null, "the pods become ready");
        String id = request.by().run() + request.by().step();
        write(
                Topic.SYNCS,
                request.application(),
                id + "w",
                new SyncFact.SyncWaiting(request.application(), "op", REVISION, request.by(), wait));
        write(
                Topic.SYNCS,
                request.application(),
                id + "f",
                new SyncFact.SyncFinished(
                        request.application(),
                        "op",
                        REVISION,
                        request.by(),
                        outcome,
                        "healthy",
                        List.of(),
                        SyncFact.Changes.NONE));
    }

    private void push(String delivery, String ref, List<String> paths) {
        String branch = ref.substring("refs/heads/".length());
        GitChange git = new GitChange(
                "github",
                "shop",
                "acme/shop",
                "https://github.com/acme/shop.git",
                ref,
                branch,
                null,
                REVISION,
                "0234567890123456789012345678901234567890",
                paths,
                "ann",
                "Change the colour",
                null,
                false);
        write(
                Topic.EVENTS,
                "shop",
                delivery,
                new ExternalEvent(
                        "shop", "push", delivery, git, Map.of(), Json.mapper().createObjectNode()));
    }

    private void write(Topic topic, String key, String id, Payload payload) {
        CloudEvent<?> event = new CloudEvent<>(id, "/test", null, Instant.now(), Causality.NONE, payload);
        log.append(List.of(CloudEventCodec.write(topic, key, event)))
                .toCompletableFuture()
                .join();
    }

    private static RequestSpecification api() {
        return given().header("Authorization", "Bearer test-token");
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(text, e);
        }
    }
}
