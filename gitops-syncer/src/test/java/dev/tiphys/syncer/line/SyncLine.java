package dev.tiphys.syncer.line;

import static io.restassured.RestAssured.given;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole syncer: commands and pushes on the log in, objects in a cluster, facts on the log out. */
@Tag("real")
abstract class SyncLine {
    static final Duration SOON = Duration.ofSeconds(15);

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    @ConfigProperty(name = "tiphys.syncer.kubeconfig")
    String kubeconfig;

    @Inject
    MeterRegistry meters;

    Log log;
    GitServer git;
    TestRepository repository;
    KubernetesClient cluster;

    private String finalizers = "";

    /** Unique in each test, as all share one cluster: the application, its namespace, and its repository. */
    final String name = "app-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeEach
    void start() throws IOException {
        log = new Log(bootstrapServers);
        git = GitServer.start(Files.createTempDirectory("syncer-git"));
        repository = git.createRepository("acme/" + name);
        cluster = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(new File(kubeconfig)))
                .build();
    }

    @AfterEach
    void stop() {
        log.remove("Application", name);
        cluster.close();
        git.close();
        log.close();
    }

    @Test
    void aCommandBringsTheApplicationToTheRevision() {
        define("");
        String revision = repository.commit("first", Map.of("deploy/all.yaml", config("one") + deployment("")));

        DeployedBy by = log.request(name, revision, Duration.ofMinutes(1));

        SyncFinished end = end(1).getFirst();
        assertThat(end.message()).contains("3 created");
        assertThat(end.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(end.revision()).isEqualTo(revision);
        assertThat(end.by()).isEqualTo(by);
        assertThat(end.changes().created()).as("its namespace too").isEqualTo(3);
        assertThat(value()).isEqualTo("one");
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode status = status();
            assertThat(status.at("/sync").asText()).isEqualTo("Synced");
            assertThat(status.at("/health").asText()).isEqualTo("Healthy");
            assertThat(status.at("/revision").asText()).isEqualTo(revision);
            assertThat(status.at("/pinnedBy/run").asText()).isEqualTo(by.run());
            assertThat(status.at("/operation/phase").asText()).isEqualTo("Succeeded");
            assertThat(status.at("/history").size()).isEqualTo(1);
        });
    }

    @Test
    void theSameCommandTwiceIsOneSync() {
        define("");
        String revision = repository.commit("first", Map.of("deploy/all.yaml", config("one")));
        DeployedBy by = log.request(name, revision, Duration.ofMinutes(1));
        end(1);

        log.request(name, revision, Duration.ofMinutes(1), by);
        String marker = repository.commit("second", Map.of("deploy/all.yaml", config("two")));
        log.request(name, marker, Duration.ofMinutes(1));

        List<SyncFinished> ends = end(2);
        assertThat(ends).extracting(SyncFinished::revision).containsExactly(revision, marker);
        assertThat(ends).extracting(SyncFinished::outcome).containsOnly(Outcome.SUCCEEDED);
    }

    @Test
    void aBrokenManifestIsStuckWithFileAndLine() {
        define("");
        String revision =
                repository.commit("broken", Map.of("deploy/all.yaml", config("one") + "kind: ConfigMap\n  oops: [\n"));

        log.request(name, revision, Duration.ofMinutes(1));

        SyncFinished end = end(1).getFirst();
        assertThat(end.outcome()).isEqualTo(Outcome.STUCK);
        assertThat(end.problems().getFirst().file()).isEqualTo("deploy/all.yaml");
        assertThat(end.problems().getFirst().line()).isNotNull().isGreaterThan(5);
    }

    @Test
    void whatTheClusterRefusesIsStuckWithObjectFileAndLine() {
        define("");
        String revision = repository.commit(
                "wrong",
                Map.of("deploy/all.yaml", deployment("").replace("labels: {app: web}", "labels: {app: other}")));

        log.request(name, revision, Duration.ofMinutes(1));

        SyncFinished end = end(1).getFirst();
        assertThat(end.outcome()).isEqualTo(Outcome.STUCK);
        assertThat(end.problems().getFirst().object()).isEqualTo("Deployment " + name + "/web");
        assertThat(end.problems().getFirst().file()).isEqualTo("deploy/all.yaml");
        assertThat(end.problems().getFirst().line()).isNotNull();
    }

    @Test
    void aDeploymentThatNeverBecomesHealthyFailsAndNamesTheContainersReason() {
        define("");
        String revision = commitSick();

        log.request(name, revision, Duration.ofSeconds(5));

        SyncFinished end = end(1).getFirst();
        assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(end.problems().getFirst().object()).isEqualTo("Deployment " + name + "/web");
        assertThat(end.problems().getFirst().message()).contains("ImagePullBackOff");
        assertThat(log.facts(name)
                        .filter(SyncFact.SyncWaiting.class::isInstance)
                        .map(fact -> ((SyncFact.SyncWaiting) fact).waiting().unblock()))
                .anyMatch(text -> text.contains("ImagePullBackOff"));
    }

    @Test
    void aNewerCommandTakesThePlaceOfARunningOne() {
        define("");
        String sick = commitSick();
        log.request(name, sick, Duration.ofMinutes(5));
        await().atMost(SOON).until(() -> log.facts(name).anyMatch(SyncFact.SyncWaiting.class::isInstance));
        String well = repository.commit("well", Map.of("deploy/all.yaml", deployment("")));

        log.request(name, well, Duration.ofMinutes(1));

        List<SyncFinished> ends = end(2);
        assertThat(ends.getFirst().outcome()).isEqualTo(Outcome.WITHDRAWN);
        assertThat(ends.getFirst().message()).contains("in its place");
        assertThat(ends.getLast().outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(ends.getLast().revision()).isEqualTo(well);
    }

    @Test
    void aWithdrawnCommandEndsItsSyncAndLeavesTheWayFree() {
        define("");
        String sick = commitSick();
        DeployedBy by = log.request(name, sick, Duration.ofMinutes(5));
        await().atMost(SOON).until(() -> log.facts(name).anyMatch(SyncFact.SyncWaiting.class::isInstance));

        log.withdraw(name, by, "the run was cancelled");

        SyncFinished withdrawn = end(1).getFirst();
        assertThat(withdrawn.outcome()).isEqualTo(Outcome.WITHDRAWN);
        assertThat(withdrawn.message()).isEqualTo("the run was cancelled");
        assertThat(withdrawn.by()).isEqualTo(by);
        String well = repository.commit("well", Map.of("deploy/all.yaml", deployment("")));
        log.request(name, well, Duration.ofMinutes(1));
        assertThat(end(2).getLast().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void aCommandThatIsWithdrawnBeforeItComesNeverBegins() {
        define("");
        String one = repository.commit("one", Map.of("deploy/a.yaml", config("one")));
        DeployedBy by = new DeployedBy(UUID.randomUUID().toString(), "delivery", "deploy", 1, 1);

        log.withdraw(name, by, "the run was cancelled");
        log.request(name, one, Duration.ofMinutes(1), by);
        String two = repository.commit("two", Map.of("deploy/a.yaml", config("two")));
        log.request(name, two, Duration.ofMinutes(1), new DeployedBy("other", "delivery", "deploy", 1, 2));

        List<SyncFinished> ends = end(2);
        assertThat(ends).extracting(SyncFinished::outcome).containsExactly(Outcome.WITHDRAWN, Outcome.SUCCEEDED);
        assertThat(log.facts(name).filter(SyncFact.SyncStarted.class::isInstance))
                .hasSize(1);
    }

    @Test
    void aCommandThatTheDatabaseCanNeverHoldIsPutAsideAndStopsNoOther() {
        define("");
        String one = repository.commit("one", Map.of("deploy/a.yaml", config("one")));

        log.request(name, "\u0000", Duration.ofMinutes(1));
        log.request(name, one, Duration.ofMinutes(1));

        assertThat(end(1).getFirst().outcome()).isEqualTo(Outcome.SUCCEEDED);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.deadLetters(name))
                        .singleElement()
                        .satisfies(letter -> {
                            assertThat(letter.topic()).isEqualTo("tiphys.sync-commands");
                            assertThat(letter.reason()).contains("the database can never do it");
                        }));
    }

    @Test
    void aFactThatTheBrokerNeverTakesHoldsUpNoOther() throws Exception {
        define("");
        String one = repository.commit("one", Map.of("deploy/a.yaml", config("one")));
        String large = Stream.generate(() -> UUID.randomUUID().toString())
                .limit(11_000)
                .collect(joining());
        limit("200000");
        try {
            log.request(name, large, Duration.ofMinutes(1));
            log.request(name, one, Duration.ofMinutes(1));

            assertThat(end(1).getFirst().outcome()).isEqualTo(Outcome.SUCCEEDED);
        } finally {
            limit(Topic.SYNCS.configuration().getOrDefault("max.message.bytes", "1048588"));
        }
        assertThat(meters.counter("tiphys.syncer.outbox.refused").count()).isPositive();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.deadLetters(name))
                        .singleElement()
                        .satisfies(letter -> {
                            assertThat(letter.topic()).isEqualTo("tiphys.syncs");
                            assertThat(letter.reason()).contains("never taken from the outbox");
                        }));
    }

    private void limit(String bytes) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topic.SYNCS.topicName());
            AlterConfigOp set =
                    new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
        }
    }

    @Test
    void whatGitNoLongerHasIsDeletedAndNothingElse() {
        define("");
        String both = repository.commit(
                "both",
                Map.of(
                        "deploy/a.yaml",
                        config("one"),
                        "deploy/b.yaml",
                        config("x").replace("settings", "other")));
        log.request(name, both, Duration.ofMinutes(1));
        end(1);
        cluster.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(name)
                        .withName("foreign")
                        .endMetadata()
                        .build())
                .create();
        Map<String, String> gone = new HashMap<>();
        gone.put("deploy/b.yaml", null);
        String one = repository.commit("one", gone);

        log.request(name, one, Duration.ofMinutes(1));

        SyncFinished end = end(2).getLast();
        assertThat(end.changes().pruned()).isEqualTo(1);
        assertThat(end.changes().unchanged()).isEqualTo(1);
        await().atMost(SOON).until(() -> configMap("other") == null);
        assertThat(configMap("settings")).isNotNull();
        assertThat(configMap("foreign")).isNotNull();
    }

    @Test
    void anEmptyDirectoryDeletesNothing() {
        define("");
        String full = repository.commit("full", Map.of("deploy/a.yaml", config("one")));
        log.request(name, full, Duration.ofMinutes(1));
        end(1);
        String empty = repository.commit("empty", Map.of("deploy/a.yaml", "# nothing\n"));

        log.request(name, empty, Duration.ofMinutes(1));

        SyncFinished end = end(2).getLast();
        assertThat(end.outcome()).isEqualTo(Outcome.STUCK);
        assertThat(configMap("settings")).isNotNull();
    }

    @Test
    void anAutomatedApplicationHealsItself() {
        repository.commit("first", Map.of("deploy/a.yaml", config("one")));
        define("\"automated\": {\"selfHeal\": true, \"prune\": true},");
        await().atMost(SOON).until(() -> "one".equals(value()));

        cluster.configMaps()
                .inNamespace(name)
                .withName("settings")
                .edit(map -> new ConfigMapBuilder(map)
                        .addToData("key", "changed by hand")
                        .build());

        await().atMost(SOON).until(() -> "one".equals(value()));
        assertThat(log.facts(name)).anyMatch(SyncFact.DriftChanged.class::isInstance);
        await().atMost(SOON).until(() -> "Synced".equals(status().at("/sync").asText()));
        assertThat(status().at("/history").size()).isEqualTo(1);
    }

    @Test
    void anApplicationThatAPipelineDeployedShowsItsDriftAndHowFarItIsBehind() {
        define("");
        String first = repository.commit("first", Map.of("deploy/a.yaml", config("one")));
        log.request(name, first, Duration.ofMinutes(1));
        end(1);
        String second = repository.commit("second", Map.of("deploy/a.yaml", config("two")));
        log.push(name, repository.url(), first, second, null);
        await().atMost(SOON).until(() -> second.equals(status().at("/behind").asText()));
        assertThat(status().at("/sync").asText()).isEqualTo("Synced");

        cluster.configMaps()
                .inNamespace(name)
                .withName("settings")
                .edit(map -> new ConfigMapBuilder(map)
                        .addToData("key", "changed by hand")
                        .build());

        await().atMost(SOON).until(() -> "OutOfSync".equals(status().at("/sync").asText()));
        assertThat(value()).isEqualTo("changed by hand");
    }

    @Test
    void anApplicationThatGoesLeavesItsObjects() {
        define("");
        String first = repository.commit("first", Map.of("deploy/a.yaml", config("one")));
        log.request(name, first, Duration.ofMinutes(1));
        end(1);

        log.remove("Application", name);

        await().atMost(SOON).until(() -> statusCode() == 404);
        assertThat(value()).isEqualTo("one");
    }

    @Test
    void anApplicationWithTheFinalizerTakesItsObjectsAlong() {
        finalizers = "\"resources-finalizer.argocd.argoproj.io\"";
        define("");
        String first = repository.commit("first", Map.of("deploy/a.yaml", config("one") + deployment("")));
        log.request(name, first, Duration.ofMinutes(1));
        end(1);

        log.remove("Application", name);

        await().atMost(SOON).until(() -> statusCode() == 404);
        assertThat(configMap("settings")).isNull();
        assertThat(cluster.apps()
                        .deployments()
                        .inNamespace(name)
                        .withName("web")
                        .get())
                .isNull();
    }

    @Test
    void anAutomatedApplicationCannotBeDeployedByAPipelineToo() {
        String revision = repository.commit("first", Map.of("deploy/a.yaml", config("one")));
        define("\"automated\": {},");

        log.request(name, revision, Duration.ofMinutes(1));

        await().atMost(SOON).until(() -> log.finished(name).stream().anyMatch(end -> end.outcome() == Outcome.STUCK));
    }

    @Test
    void aPushReachesOnlyTheApplicationThatItTouches() {
        String first = repository.commit("first", Map.of("deploy/a.yaml", config("one"), "docs/readme.md", "hello"));
        define("\"automated\": {},");
        await().atMost(SOON).until(() -> "one".equals(value()));
        double before = refreshes();

        String docs = repository.commit("docs", Map.of("docs/readme.md", "hello again"));
        log.push(name, repository.url(), first, docs, List.of("docs/readme.md"));
        String second = repository.commit("second", Map.of("deploy/a.yaml", config("two")));
        log.push(name, repository.url(), docs, second, List.of("deploy/a.yaml"));

        await().atMost(SOON).until(() -> "two".equals(value()));
        assertThat(refreshes()).isEqualTo(before + 1);
    }

    @Test
    void anUnchangedApplicationCostsNoRequest() {
        define("");
        String first = repository.commit("first", Map.of("deploy/a.yaml", config("one") + deployment("")));
        log.request(name, first, Duration.ofMinutes(1));
        end(1);
        String second = repository.commit("second", Map.of("docs/readme.md", "hello"));
        double before = writes();

        log.request(name, second, Duration.ofMinutes(1));

        SyncFinished end = end(2).getLast();
        assertThat(end.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(end.changes().unchanged()).isEqualTo(2);
        assertThat(writes()).isEqualTo(before);
    }

    @Test
    void aPersonSyncsAndRollsBack() {
        define("");
        String first = repository.commit("first", Map.of("deploy/a.yaml", config("one")));
        log.request(name, first, Duration.ofMinutes(1));
        end(1);
        String second = repository.commit("second", Map.of("deploy/a.yaml", config("two")));
        log.request(name, second, Duration.ofMinutes(1));
        end(2);

        post("rollback", "{\"id\": 1}", 202);

        end(3);
        assertThat(value()).isEqualTo("one");
        assertThat(status().at("/revision").asText()).isEqualTo(first);
        assertThat(status().at("/history").size()).isEqualTo(3);
        post("rollback", "{\"id\": 77}", 404);
        post("sync", "{\"revision\": \"" + second + "\"}", 202);
        end(4);
        assertThat(value()).isEqualTo("two");
    }

    @Test
    void whatTheClusterRefusesOfASyncThatAPersonAskedForIsSeenWithoutAnyPush() {
        repository.commit("first", Map.of("deploy/a.yaml", config("one")));
        define("\"automated\": {},");
        await().atMost(SOON).until(() -> "Synced".equals(status().at("/sync").asText()));
        String refused =
                repository.commit("refused", Map.of("deploy/b.yaml", config("5").replace("settings", "refused")));

        post("sync", "{}", 202);

        await().atMost(SOON).untilAsserted(() -> {
            JsonNode status = status();
            assertThat(status.at("/operation/phase").asText()).isEqualTo("Error");
            assertThat(status.at("/revision").asText()).isEqualTo(refused);
            assertThat(status.at("/behind").isNull()).isTrue();
            assertThat(status.at("/sync").asText()).isEqualTo("OutOfSync");
            assertThat(status.at("/conditions").findValuesAsText("type")).containsExactly("SyncError");
            assertThat(status.at("/resources"))
                    .filteredOn(resource -> resource.at("/name").asText().equals("refused"))
                    .singleElement()
                    .satisfies(resource ->
                            assertThat(resource.at("/health").asText()).isEqualTo("Missing"));
        });
    }

    @Test
    void whatTheClusterRefusesOfARevisionThatAPersonNamedIsSeenToo() {
        repository.commit("first", Map.of("deploy/a.yaml", config("one")));
        define("\"automated\": {},");
        await().atMost(SOON).until(() -> "Synced".equals(status().at("/sync").asText()));
        String refused =
                repository.commit("refused", Map.of("deploy/b.yaml", config("5").replace("settings", "refused")));

        post("sync", "{\"revision\": \"" + refused + "\"}", 202);

        await().atMost(SOON).untilAsserted(() -> {
            JsonNode status = status();
            assertThat(status.at("/operation/phase").asText()).isEqualTo("Error");
            assertThat(status.at("/revision").asText()).isEqualTo(refused);
            assertThat(status.at("/behind").isNull()).isTrue();
            assertThat(status.at("/sync").asText()).isEqualTo("OutOfSync");
            assertThat(status.at("/conditions").findValuesAsText("type")).containsExactly("SyncError");
        });
    }

    @Test
    void aFieldThatNobodyKnowsIsRefusedAndNothingIsDone() {
        define("");
        String first = repository.commit("first", Map.of("deploy/a.yaml", config("one")));
        await().atMost(SOON).until(() -> statusCode() == 200);

        assertThat(refused("sync", "{\"revision\": \"" + first + "\", \"dryRun\": true}"))
                .contains("unknown field dryRun", "revision, prune");
        assertThat(refused("rollback", "{\"id\": 1, \"revision\": \"x\"}")).contains("unknown field revision", "id");
        assertThat(refused("sync", "[1]")).contains("JSON object", "revision, prune");

        assertThat(status().at("/operation").isNull()).isTrue();
    }

    private String refused(String action, String body) {
        return given().header("Authorization", "Bearer test-token")
                .contentType("application/json")
                .body(body)
                .post("/api/applications/" + name + "/" + action)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .extract()
                .path("detail");
    }

    @Test
    void theDescriptionSaysWhatASyncTakesAndAnswers() {
        JsonNode paths = given().header("Authorization", "Bearer test-token")
                .get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .as(JsonNode.class)
                .at("/paths");
        for (String action : List.of("sync", "rollback")) {
            JsonNode post = paths.path("/api/applications/{name}/" + action).path("post");
            assertThat(post.at("/requestBody/content/application~1json/schema/$ref")
                            .asText())
                    .endsWithIgnoringCase("/" + action + "Request");
            assertThat(post.at("/responses/202/content/application~1json/schema/$ref")
                            .asText())
                    .endsWith("/Begun");
            assertThat(post.at("/responses").has("200")).isFalse();
        }
    }

    String commitSick() {
        return repository.commit(
                "sick",
                Map.of("deploy/all.yaml", deployment("annotations: {sandbox.tiphys.dev/waiting: ImagePullBackOff}")));
    }

    List<SyncFinished> end(int count) {
        await().atMost(SOON).until(() -> log.finished(name).size() >= count);
        return log.finished(name);
    }

    void define(String syncPolicy) {
        log.define("Application", name, """
                {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                 "metadata": {"name": "%s", "finalizers": [%s]},
                 "spec": {"project": "default",
                   "source": {"repoURL": "%s", "path": "deploy", "targetRevision": "main"},
                   "destination": {"server": "https://kubernetes.default.svc", "namespace": "%s"},
                   "syncPolicy": {%s "syncOptions": ["CreateNamespace=true"]}}}
                """.formatted(name, finalizers, repository.url(), name, syncPolicy));
    }

    static String config(String value) {
        return """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: settings
                data:
                  key: %s
                """.formatted(value);
    }

    static String deployment(String template) {
        return """
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata:
                      labels: {app: web}
                      %s
                    spec:
                      containers:
                        - name: web
                          image: example.com/web:1
                """.formatted(template);
    }

    String value() {
        ConfigMap map = configMap("settings");
        return map == null ? null : map.getData().get("key");
    }

    private ConfigMap configMap(String object) {
        return cluster.configMaps().inNamespace(name).withName(object).get();
    }

    private double refreshes() {
        return meters.counter("tiphys.syncer.refreshes", "cause", "push").count();
    }

    private double writes() {
        return meters.find("tiphys.syncer.cluster.requests").counters().stream()
                .filter(counter -> !"GET".equals(counter.getId().getTag("method")))
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    JsonNode status() {
        return given().header("Authorization", "Bearer test-token")
                .get("/api/applications/" + name)
                .then()
                .statusCode(200)
                .extract()
                .as(JsonNode.class);
    }

    int statusCode() {
        return given().header("Authorization", "Bearer test-token")
                .get("/api/applications/" + name)
                .statusCode();
    }

    void post(String action, String body, int status) {
        given().header("Authorization", "Bearer test-token")
                .contentType("application/json")
                .body(body)
                .post("/api/applications/" + name + "/" + action)
                .then()
                .statusCode(status);
    }
}
