package dev.tiphys.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.RealCluster;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Measures the packaged product: one line for each figure. Not a test: it never fails for being slow. */
final class Bench {
    private static final int STARTS = 3;
    /** As long as the server is busy with having started. */
    private static final int COMMANDS_BEFORE = 20;

    private static final int COMMANDS = 20;
    private static final int PUSHES = 60;
    private static final int CONNECTIONS = 16;
    private static final int SHORT_STEPS = 40;
    private static final int RUNS_AT_ONCE = 300;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final int ROUNDS = 5;

    private final Path scratch;

    private Bench(Path scratch) {
        this.scratch = scratch;
    }

    /** Measures what the arguments name; without any, everything. */
    public static void main(String[] arguments) throws Exception {
        List<String> wanted = arguments.length == 0
                ? List.of(
                        "start", "commands", "deliveries", "cost", "storm", "outage", "steps", "transitions", "applied")
                : List.of(arguments);
        Bench bench = new Bench(Files.createTempDirectory("tiphys-bench"));
        for (String figure : wanted) {
            switch (figure) {
                case "start" -> bench.start();
                case "commands" -> bench.commands();
                case "deliveries" -> new GatewayBench(bench.scratch.resolve("gateway")).deliveries();
                case "cost" -> new GatewayBench(bench.scratch.resolve("cost")).cost();
                case "storm" -> new GatewayBench(bench.scratch.resolve("storm")).storm();
                case "outage" -> new GatewayBench(bench.scratch.resolve("outage")).outage();
                case "steps" -> bench.steps();
                case "transitions" -> bench.transitions();
                case "applied" -> bench.applied();
                default -> throw new IllegalArgumentException("there is no figure " + figure);
            }
        }
    }

    private void start() throws Exception {
        for (String cache : List.of("without", "with")) {
            List<Double> times = new ArrayList<>();
            long memory = 0;
            Path data = scratch.resolve("start-" + cache);
            for (int i = 0; i <= STARTS; i++) {
                try (SampleShop shop = SampleShop.open(scratch.resolve("shop-start"));
                        RunningTiphys tiphys = cache.equals("with")
                                ? RunningTiphys.startAsLaunched(data, shop)
                                : RunningTiphys.start(data, shop)) {
                    if (i > 0) {
                        times.add(tiphys.startTook().toNanos() / 1e6);
                    }
                    memory = tiphys.residentMemory();
                }
            }
            say(
                    "start " + cache + " AOT cache",
                    new Figures(times).text() + ", " + memory / 1024 / 1024 + " MiB resident");
        }
    }

    private void commands() throws Exception {
        try (SampleShop shop = SampleShop.open(scratch.resolve("shop-commands"));
                RunningTiphys tiphys = RunningTiphys.startAsLaunched(scratch.resolve("commands"), shop)) {
            List<Double> times = new ArrayList<>();
            for (int i = 0; i < COMMANDS_BEFORE + COMMANDS; i++) {
                long begin = System.nanoTime();
                Process command = new ProcessBuilder(
                                "./tiphys",
                                "get",
                                "runs",
                                "--data",
                                tiphys.data().toString())
                        .directory(Path.of(System.getProperty("tiphys.root")).toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                if (command.waitFor() != 0) {
                    throw new IllegalStateException("the command ended with " + command.exitValue());
                }
                if (i >= COMMANDS_BEFORE) {
                    times.add((System.nanoTime() - begin) / 1e6);
                }
            }
            say("./tiphys get runs", new Figures(times).text());
        }
    }

    private void steps() throws Exception {
        try (SampleShop shop = SampleShop.open(scratch.resolve("shop-steps"));
                RunningTiphys tiphys = RunningTiphys.startAsLaunched(scratch.resolve("steps"), shop)) {
            pipeline(tiphys, "many-steps", SHORT_STEPS, "");
            List<Double> gaps = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                JsonNode run = runToEnd(tiphys, "many-steps");
                if (i > 0) {
                    gaps.addAll(gaps(run));
                }
            }
            say("from a step's start to the next step's start", new Figures(gaps).text());
        }
    }

    private static List<Double> gaps(JsonNode run) {
        List<Double> gaps = new ArrayList<>();
        JsonNode steps = run.path("steps");
        for (int i = 1; i < steps.size(); i++) {
            Instant before = Instant.parse(steps.get(i - 1).path("startedAt").asText());
            Instant after = Instant.parse(steps.get(i).path("startedAt").asText());
            gaps.add(Duration.between(before, after).toNanos() / 1e6);
        }
        return gaps;
    }

    /** First as it comes after a start, then as it is once the compilers know the code. */
    private void transitions() throws Exception {
        try (SampleShop shop = SampleShop.open(scratch.resolve("shop-transitions"));
                RunningTiphys tiphys = RunningTiphys.startAsLaunched(scratch.resolve("transitions"), shop)) {
            pipeline(tiphys, "short", 5, "");
            pipeline(tiphys, "single", 1, "");
            for (int i = 0; i < 20; i++) {
                runToEnd(tiphys, "short");
            }
            sayRuns("300 runs of five steps, soon after a start", List.of(atOnce(tiphys, "short")), 5);
            long warm = System.nanoTime() + WARM_UP.toNanos();
            while (System.nanoTime() < warm) {
                atOnce(tiphys, "short");
            }
            sayRuns("300 runs of five steps, warm", rounds(tiphys, "short"), 5);
            sayRuns("300 runs of one step, warm", rounds(tiphys, "single"), 1);
        }
    }

    private static List<Double> rounds(RunningTiphys tiphys, String pipeline) throws Exception {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            seconds.add(atOnce(tiphys, pipeline));
        }
        return seconds;
    }

    /** {@return the seconds until the last of them has ended, as its own record says} */
    private static double atOnce(RunningTiphys tiphys, String pipeline) throws Exception {
        Instant begin = Instant.now();
        try (ExecutorService starters = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (int i = 0; i < RUNS_AT_ONCE; i++) {
                starters.submit(() -> tiphys.send("POST", "/api/runs", "{\"pipeline\": \"" + pipeline + "\"}"));
            }
        }
        // Seldom: each look costs the engine as much as some transitions.
        return Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(250))
                .until(() -> newest(tiphys, pipeline), runs -> runs.stream().allMatch(RunningTiphys::isFinished))
                .stream()
                .map(run -> Instant.parse(run.path("finishedAt").asText()))
                .max(Comparator.naturalOrder())
                .map(last -> Duration.between(begin, last).toNanos() / 1e9)
                .orElseThrow();
    }

    private static List<JsonNode> newest(RunningTiphys tiphys, String pipeline) {
        List<JsonNode> found = new ArrayList<>();
        String after = "";
        while (found.size() < RUNS_AT_ONCE) {
            JsonNode page = tiphys.get("/api/runs?pipeline=" + pipeline + "&limit=50" + after);
            page.path("items").forEach(found::add);
            after = "&after=" + page.path("next").asText();
            if (!found.stream().allMatch(RunningTiphys::isFinished)) {
                break;
            }
        }
        return found;
    }

    private static void sayRuns(String figure, List<Double> seconds, int steps) {
        double median = seconds.stream().sorted().toList().get(seconds.size() / 2);
        // created, begun, each step begun, waiting and ended, finished: what the engine makes durable for one run
        int facts = RUNS_AT_ONCE * (3 + 3 * steps);
        say(
                figure,
                String.format(
                        Locale.ROOT,
                        "%.2f s (%.2f-%.2f, n = %d): %.0f runs/s, %.0f transitions/s",
                        median,
                        Collections.min(seconds),
                        Collections.max(seconds),
                        seconds.size(),
                        RUNS_AT_ONCE / median,
                        facts / median));
    }

    private void applied() throws Exception {
        Optional<String> whyNot = RealCluster.whyNot();
        if (whyNot.isPresent()) {
            say("push to applied", "not measured: " + whyNot.get());
            return;
        }
        try (RealCluster cluster = RealCluster.start(Files.createDirectory(scratch.resolve("cluster")));
                SampleShop shop = SampleShop.open(scratch.resolve("shop-applied"));
                RunningTiphys tiphys = RunningTiphys.startAsLaunched(
                        scratch.resolve("applied"),
                        shop,
                        "--kubeconfig",
                        cluster.kubeconfig().toString())) {
            measureApplied(shop, tiphys, cluster.kubeconfig());
        }
    }

    /** Four ConfigMaps change with each push; applied is when a watch has seen the last of them. */
    private static void measureApplied(SampleShop shop, RunningTiphys tiphys, Path kubeconfig) throws Exception {
        tiphys.send("PUT", "/api/definitions", """
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: bench, namespace: argocd}
                spec:
                  project: default
                  source: {repoURL: "%1$s", path: bench, targetRevision: main}
                  destination: {server: "https://kubernetes.default.svc", namespace: bench}
                  syncPolicy: {syncOptions: [CreateNamespace=true]}
                ---
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: bench}
                spec:
                  on: [{push: {repository: shop, branches: [main], paths: ["bench/**"]}}]
                  steps: [{name: deploy, deploy: {application: bench}, timeout: 30s}]
                """.formatted(shop.repository().url()));
        Config config = Config.fromKubeconfig(Files.readString(kubeconfig));
        Map<String, CountDownLatch> missing = new ConcurrentHashMap<>();
        List<Double> millis = new ArrayList<>();
        try (KubernetesClient client =
                        new KubernetesClientBuilder().withConfig(config).build();
                Watch _ = client.configMaps().inNamespace("bench").watch(new Watcher<ConfigMap>() {
                    @Override
                    public void eventReceived(Action action, ConfigMap map) {
                        String version =
                                map.getData() == null ? null : map.getData().get("version");
                        CountDownLatch latch = version == null ? null : missing.get(version);
                        if (latch != null) {
                            latch.countDown();
                        }
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        throw new IllegalStateException("the watch ended", cause);
                    }
                })) {
            shop.repository().commit("Begin", bench("0"));
            for (int i = 1; i <= PUSHES + 5; i++) {
                String version = Integer.toString(i);
                CountDownLatch latch = new CountDownLatch(4);
                missing.put(version, latch);
                String before = shop.repository().head("main");
                String revision = shop.repository().commit("Version " + version, bench(version));
                GitHubPush push = GitHubPush.branch(shop.repository(), "main", before, revision);
                long begin = System.nanoTime();
                push.deliver(
                        SampleShop.hook(tiphys.address()),
                        shop.webhookSecret(),
                        UUID.randomUUID().toString());
                if (!latch.await(30, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("version " + version + " was not applied within 30 s: "
                            + tiphys.run(revision).toPrettyString());
                }
                if (i > 5) {
                    millis.add((System.nanoTime() - begin) / 1e6);
                }
                tiphys.awaitRun(revision, Duration.ofSeconds(30), RunningTiphys::isFinished);
            }
        }
        say("push to applied, 4 objects, real API server", new Figures(millis).text());
    }

    private static Map<String, String> bench(String version) {
        Map<String, String> files = new LinkedHashMap<>();
        for (String name : List.of("a", "b", "c", "d")) {
            files.put("bench/" + name + ".yaml", """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: %s}
                    data: {version: "%s"}
                    """.formatted(name, version));
        }
        return files;
    }

    private static void pipeline(RunningTiphys tiphys, String name, int steps, String more) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: %s}
                spec:
                  %s
                  steps:
                """.formatted(name, more));
        for (int i = 0; i < steps; i++) {
            // The shortest work that the engine does alone: nothing is timed but the engine.
            yaml.append("    - {name: s").append(i).append(", when: \"true\", wait: 1ms}\n");
        }
        var answer = tiphys.send("PUT", "/api/definitions", yaml.toString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("pipeline " + name + " was refused: " + answer.body());
        }
    }

    private static JsonNode runToEnd(RunningTiphys tiphys, String pipeline) throws IOException {
        var answer = tiphys.send("POST", "/api/runs", "{\"pipeline\": \"" + pipeline + "\"}");
        String id = Json.mapper().readTree(answer.body()).path("id").asText();
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> tiphys.get("/api/runs/" + id), RunningTiphys::isFinished);
    }

    @SuppressWarnings("SystemOut") // printing is what it is for
    static void say(String figure, String value) {
        System.out.printf("%-48s %s%n", figure, value);
    }
}
