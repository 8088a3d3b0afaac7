package dev.tiphys.standalone;

import dev.tiphys.standalone.Hammer.Sent;
import dev.tiphys.testkit.EmbeddedDatabase;
import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures the gateway as it is deployed: its own JVM, a broker in its own JVM, PostgreSQL, and the load generator, all on
 * the same machine.
 */
final class GatewayBench {
    private static final String SECRET = "secret of the shop";
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final int SLOW_CLIENTS = 1_000;

    /** Each of so many connections pauses between two deliveries: a thousand a second. */
    private static final int STORM_CONNECTIONS = 64;

    private static final Duration STORM_PAUSE = Duration.ofMillis(62);

    /** As a large installation would be configured: what is measured is the machine, not the rates. */
    private static final Map<String, String> UNLIMITED = Map.of(
            "TIPHYS_GATEWAY_RATES_PER_ENDPOINT",
            "1000000",
            "TIPHYS_GATEWAY_RATES_PER_ENDPOINT_BURST",
            "1000000",
            "TIPHYS_GATEWAY_RATES_OVERALL",
            "4000000");

    /** The parts of the bound model, by the classes that do their work. */
    private static final Map<String, List<String>> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("HTTP", List.of("io.netty.", "io.vertx.", "io.quarkus.vertx.", "dev.tiphys.gateway.reception.http."));
        PARTS.put("checking the signature", List.of("dev.tiphys.gateway.proof.", "javax.crypto.", "com.sun.crypto."));
        PARTS.put("reading the payload", List.of("dev.tiphys.gateway.sender.", "dev.tiphys.gateway.delivery."));
        PARTS.put("writing the event", List.of("dev.tiphys.contracts.cloudevent."));
        PARTS.put("producing it", List.of("org.apache.kafka.", "net.jpountz."));
        PARTS.put("once only, and its limits", List.of("dev.tiphys.gateway.intake.", "dev.tiphys.gateway.limit."));
        PARTS.put("the ledger", List.of("dev.tiphys.gateway.ledger.", "org.postgresql.", "io.agroal."));
        PARTS.put("metrics", List.of("io.micrometer.", "io.prometheus."));
    }

    private final Path directory;

    GatewayBench(Path directory) {
        this.directory = directory;
    }

    /** Everything that a measurement needs, running. */
    private final class House implements AutoCloseable {
        private final BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"));
        private final EmbeddedDatabase database = EmbeddedDatabase.start(directory.resolve("database"), 0);
        private final GitServer git = GitServer.start(directory.resolve("git"));
        private final GitHubPush push;
        private final RunningService gateway;

        private House(Map<String, String> settings) throws Exception {
            TestRepository shop = git.createRepository("acme/shop");
            shop.commit("First", Map.of("a", "1"));
            shop.commit("Second", Map.of("a", "2"));
            push = GitHubPush.head(shop, "main");
            for (String name : List.of("shop", "calm")) {
                Path secrets =
                        Files.createDirectories(directory.resolve("secrets").resolve(name));
                Files.writeString(secrets.resolve("secret"), SECRET + (name.equals("calm") ? " of calm" : ""));
            }
            Path token = Files.writeString(directory.resolve("token"), RunningService.TOKEN + "\n");
            Map<String, String> environment = new HashMap<>(settings);
            environment.put("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
            environment.put("TIPHYS_JDBC_URL", database.jdbcUrl("tiphys"));
            environment.put("TIPHYS_JDBC_USER", database.user());
            environment.put("TIPHYS_JDBC_PASSWORD", database.password());
            environment.put("TIPHYS_SECRETS_DIR", directory.resolve("secrets").toString());
            environment.put("TIPHYS_HTTP_TOKEN_FILE", token.toString());
            environment.put("TIPHYS_DATA_DIR", directory.resolve("data").toString());
            gateway = RunningService.launch(
                    "event-gateway",
                    directory,
                    environment,
                    List.of(System.getProperty("tiphys.bench.jvm", "-Xmx768m -XX:+UseParallelGC")
                            .split(" ")));
            gateway.awaitReady();
            String definitions = Stream.of("shop", "calm")
                    .map(name -> """
                            {apiVersion: tiphys.dev/v1, kind: Repository, metadata: {name: %s},
                             spec: {url: "%s", webhook: {secretRef: {name: %s}}}}
                            """.formatted(name, shop.url(), name))
                    .reduce("", (all, one) -> all + "---\n" + one);
            gateway.ask("PUT", "/api/definitions", definitions, RunningService.TOKEN);
        }

        private URI hook(String name) {
            return gateway.address().resolve("/hooks/" + name);
        }

        /** {@return CPU time used so far: of the gateway, the broker, the database} */
        private double[] cpu() throws IOException {
            return new double[] {
                seconds(gateway.handle()), seconds(broker.handle()), Processor.ofPostgres(directory.resolve("database"))
            };
        }

        private static double seconds(ProcessHandle process) {
            return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
        }

        @Override
        public void close() {
            gateway.close();
            broker.close();
            database.close();
            git.close();
        }
    }

    /** Accepted deliveries a second, and what each costs. */
    void deliveries() throws Exception {
        if (Wrk.whyNot().isPresent()) {
            Bench.say("accepted deliveries", "not measured: " + Wrk.whyNot().get());
            return;
        }
        try (House house = new House(UNLIMITED)) {
            Wrk wrk = Wrk.write(directory, house.push, SECRET, "signed");
            wrk.run(house.hook("shop"), 16, WARM_UP);
            for (int connections : new int[] {1, 16, 64}) {
                double[] before = house.cpu();
                Wrk.Result result = wrk.run(house.hook("shop"), connections, MEASURED);
                double[] after = house.cpu();
                double per = result.accepted() / 1_000.0;
                Bench.say(
                        "accepted deliveries, " + connections + " connections",
                        String.format(
                                Locale.ROOT,
                                "%.0f/s, %d bytes; %s, %d refused; CPU-s per 1,000: gateway %.3f, broker %.3f, database %.3f",
                                result.accepted() / result.seconds(),
                                house.push.body().length,
                                result.latencies(),
                                result.refused(),
                                (after[0] - before[0]) / per,
                                (after[1] - before[1]) / per,
                                (after[2] - before[2]) / per));
            }
        }
    }

    /** Where the gateway's processor time goes for each delivery, at 16 connections. */
    void cost() throws Exception {
        if (Wrk.whyNot().isPresent()) {
            Bench.say("a delivery's cost", "not measured: " + Wrk.whyNot().get());
            return;
        }
        try (House house = new House(UNLIMITED)) {
            Wrk wrk = Wrk.write(directory, house.push, SECRET, "signed");
            // The compilers are done only after this.
            wrk.run(house.hook("shop"), 16, WARM_UP.multipliedBy(4));
            CpuProfile profile = CpuProfile.begin(house.gateway.handle(), directory.resolve("cpu.jfr"));
            double[] before = house.cpu();
            double compiled = Processor.ofCompilers(house.gateway.handle());
            Wrk.Result result = wrk.run(house.hook("shop"), 16, MEASURED);
            double[] after = house.cpu();
            double compiling = Processor.ofCompilers(house.gateway.handle()) - compiled;
            Map<String, Double> parts = profile.end(PARTS);
            parts.put("compiling", compiling);
            double each = 1e6 / result.accepted();
            double whole = after[0] - before[0];
            Bench.say("a delivery's cost in the gateway", microseconds(whole * each) + ", while it is sampled");
            parts.forEach((part, seconds) -> Bench.say("  " + part, microseconds(seconds * each)));
            double seen =
                    parts.values().stream().mapToDouble(Double::doubleValue).sum();
            Bench.say("  the JVM's own, such as the recorder", microseconds((whole - seen) * each));
            Bench.say("in the broker", microseconds((after[1] - before[1]) * each));
        }
    }

    private static String microseconds(double value) {
        return String.format(Locale.ROOT, "%.1f µs", value);
    }

    /**
     * What a storm at one endpoint and a thousand slow clients do to valid traffic at another: the storm sends twenty times
     * as much, and more than its endpoint's rate allows.
     */
    void storm() throws Exception {
        if (Wrk.whyNot().isPresent()) {
            Bench.say("storm", "not measured: " + Wrk.whyNot().get());
            return;
        }
        try (House house = new House(Map.of("TIPHYS_GATEWAY_RATES_PER_ENDPOINT", "100"))) {
            Wrk signed = Wrk.write(directory, house.push, SECRET, "signed");
            Wrk wrong = Wrk.write(directory, house.push, "wrong", "wrong");
            URI shop = house.hook("shop");
            // The rates keep the warm-up short; more of it finds the same figures.
            paced(house, WARM_UP);
            Bench.say("valid traffic alone, 50/s", new Figures(paced(house, MEASURED)).text());
            beside(house, "1,000 slow clients", () -> new Slow(shop, SLOW_CLIENTS));
            beside(house, "a storm of 1,000/s", () -> signed.swing(shop, STORM_CONNECTIONS, STORM_PAUSE));
            beside(house, "one of wrong signatures", () -> wrong.swing(shop, STORM_CONNECTIONS, STORM_PAUSE));
            beside(house, "both storms and the slow clients", () -> {
                Slow slow = new Slow(shop, SLOW_CLIENTS);
                Wrk.Swing one = signed.swing(shop, STORM_CONNECTIONS, STORM_PAUSE);
                Wrk.Swing other = wrong.swing(shop, STORM_CONNECTIONS, STORM_PAUSE);
                return () -> {
                    try (slow;
                            one) {
                        other.close();
                    }
                };
            });
            beside(house, "a storm as fast as wrk can", () -> signed.swing(shop, STORM_CONNECTIONS, Duration.ZERO));
            Bench.say(
                    "memory of the gateway afterwards",
                    Processor.residentBytes(house.gateway.handle()) / 1024 / 1024 + " MiB resident");
        }
    }

    @FunctionalInterface
    private interface Trouble {
        Closeable begin() throws IOException;
    }

    private static void beside(House house, String what, Trouble trouble) throws Exception {
        try (Closeable _ = trouble.begin()) {
            List<Double> met = paced(house, MEASURED);
            Bench.say("  beside " + what, new Figures(met).text());
        }
    }

    /** 50 deliveries a second, each of its own pace, so that a slow answer does not thin the load. */
    private static List<Double> paced(House house, Duration time) throws Exception {
        List<Double> millis = Collections.synchronizedList(new ArrayList<>());
        Pace.each(Duration.ofMillis(20), time, () -> {
            Sent sent = Hammer.one(house.push, house.hook("calm"), SECRET + " of calm");
            millis.add(sent.status() == 202 ? sent.millis() : 60_000);
        });
        return List.copyOf(millis);
    }

    /** How long after a killed broker is back a delivery is accepted again. */
    void outage() throws Exception {
        List<Double> back = new ArrayList<>();
        try (House house = new House(UNLIMITED)) {
            for (int i = 0; i < 6; i++) {
                try (Hammer hammer = Hammer.swing(house.push, house.hook("shop"), SECRET, 4)) {
                    new CountDownLatch(1).await(3, TimeUnit.SECONDS);
                    house.broker.kill();
                    new CountDownLatch(1).await(i % 2 == 0 ? 5 : 20, TimeUnit.SECONDS);
                    house.broker.startAgain();
                    long there = System.nanoTime();
                    new CountDownLatch(1).await(5, TimeUnit.SECONDS);
                    double first = hammer.stop().stream()
                            .filter(sent -> sent.status() == 202)
                            .mapToDouble(sent -> (sent.atNanos() - there) / 1e6 + sent.millis())
                            .filter(at -> at > 0)
                            .min()
                            .orElse(Double.NaN);
                    back.add(first);
                }
            }
        }
        Bench.say("accepted again after the broker is back", new Figures(back).text());
    }

    /** Clients that send a byte a second of a body that they announced. */
    private static final class Slow implements Closeable {
        private final List<Socket> sockets = new ArrayList<>();

        private Slow(URI hook, int clients) throws IOException {
            byte[] head = ("POST " + hook.getPath() + " HTTP/1.1\r\nHost: " + hook.getAuthority()
                            + "\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
                    .getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < clients; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), hook.getPort());
                OutputStream out = socket.getOutputStream();
                out.write(head);
                out.flush();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> trickle(socket));
            }
        }

        private static void trickle(Socket socket) {
            try {
                while (!socket.isClosed()) {
                    new CountDownLatch(1).await(1, TimeUnit.SECONDS);
                    socket.getOutputStream().write(' ');
                }
            } catch (IOException e) {
                // The gateway lost its patience, as it should.
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Runs wrk, an HTTP load generator that leaves most of the machine to what is measured. */
    private record Wrk(Path script) {
        private static final Pattern LINE = Pattern.compile(
                "accepted=(\\d+) refused=(\\d+) seconds=([0-9.]+) p50=([0-9.]+) p90=([0-9.]+) p99=([0-9.]+) max=([0-9.]+)");

        private record Result(long accepted, long refused, double seconds, String latencies) {}

        static Optional<String> whyNot() throws IOException, InterruptedException {
            try {
                new ProcessBuilder("wrk", "--version")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                return Optional.empty();
            } catch (IOException e) {
                return Optional.of("there is no wrk; Debian's package has that name");
            }
        }

        static Wrk write(Path directory, GitHubPush push, String secret, String name) throws IOException {
            Path body = Files.write(directory.resolve("body.json"), push.body());
            StringBuilder headers = new StringBuilder();
            push.headers(secret, "@")
                    .forEach((header, value) -> headers.append("  [\"%s\"] = \"%s\",\n".formatted(header, value)));
            String script = Files.readString(Path.of(System.getProperty("tiphys.root"), "bench/deliveries.lua"))
                    .replace("@BODY@", body.toString())
                    .replace("@HEADERS@", headers);
            return new Wrk(Files.writeString(directory.resolve(name + ".lua"), script));
        }

        /** A storm that goes on until it is closed, and then says how strong it was. */
        private static final class Swing implements Closeable {
            private final Process process;

            private Swing(Process process) {
                this.process = process;
            }

            @Override
            public void close() throws IOException {
                Result result = ended(process);
                Bench.say(
                        "    the storm",
                        "%.0f/s accepted, %.0f/s refused"
                                .formatted(result.accepted() / result.seconds(), result.refused() / result.seconds()));
            }
        }

        Result run(URI hook, int connections, Duration time) throws IOException {
            return ended(start(hook, connections, time, Duration.ZERO));
        }

        /** @param pause what each connection waits between an answer and its next delivery */
        Swing swing(URI hook, int connections, Duration pause) throws IOException {
            return new Swing(start(hook, connections, MEASURED, pause));
        }

        private Process start(URI hook, int connections, Duration time, Duration pause) throws IOException {
            return new ProcessBuilder(
                            "wrk",
                            "-t1",
                            "-c" + connections,
                            "-d" + time.toSeconds() + "s",
                            "--timeout",
                            "20s",
                            "-s",
                            script.toString(),
                            hook.toString(),
                            "--",
                            Long.toString(pause.toMillis()))
                    .redirectErrorStream(true)
                    .start();
        }

        private static Result ended(Process process) throws IOException {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher line = LINE.matcher(printed);
            if (!line.find()) {
                throw new IllegalStateException("wrk said: " + printed);
            }
            return new Result(
                    Long.parseLong(line.group(1)),
                    Long.parseLong(line.group(2)),
                    Double.parseDouble(line.group(3)),
                    "p50 %s ms  p90 %s ms  p99 %s ms  max %s ms"
                            .formatted(line.group(4), line.group(5), line.group(6), line.group(7)));
        }
    }
}
