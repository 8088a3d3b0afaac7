package dev.tiphys.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.testkit.RealCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real API server takes the manifests, admits their pods, and gives each service what it needs and no more. */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KustomizationIT {
    private static final Path BASE = Path.of(System.getProperty("tiphys.root"), "k8s/base");

    @TempDir
    private static Path directory;

    private static RealCluster cluster;

    private record Said(int code, String text) {}

    @BeforeAll
    static void start() throws Exception {
        Optional<String> whyNot = RealCluster.whyNot();
        assumeTrue(whyNot.isEmpty(), whyNot.orElse(""));
        assumeTrue(hasKubectl(), "no kubectl on the PATH");
        cluster = RealCluster.start(Files.createDirectories(directory.resolve("cluster")));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void isTakenByTheServerWithoutAWarning() throws Exception {
        assertDone(kubectl("create", "namespace", "tiphys"));
        assertDone(kubectl(
                "-n", "tiphys", "create", "secret", "generic", "tiphys-token", "--from-literal=token=of-the-test"));
        assertDone(kubectl(
                "-n",
                "tiphys",
                "create",
                "secret",
                "generic",
                "tiphys-database",
                "--from-literal=username=tiphys",
                "--from-literal=password=x"));

        for (List<String> way : List.of(
                List.of("--server-side", "--dry-run=server"), List.of("--server-side"), List.of("--server-side"))) {
            List<String> arguments = new ArrayList<>(List.of("apply"));
            arguments.addAll(way);
            arguments.addAll(List.of("--validate=strict", "-k", BASE.toString()));

            Said said = kubectl(arguments.toArray(String[]::new));

            assertDone(said);
            assertThat(said.text()).doesNotContain("Warning").contains("deployment.apps/event-gateway");
        }
    }

    @Test
    @Order(2)
    void isTakenByPlainApplyToo() throws Exception {
        assertDone(kubectl("delete", "-k", BASE.toString(), "--ignore-not-found", "--wait=true"));
        assertDone(kubectl("create", "namespace", "tiphys"));

        Said said = kubectl("apply", "-k", BASE.toString());

        assertDone(said);
        assertThat(said.text()).doesNotContain("Warning: would violate");
    }

    @ParameterizedTest
    @Order(3)
    @ValueSource(strings = {"event-gateway", "workflow-engine", "gitops-syncer", "notifier"})
    void hasItsPodsAdmittedByTheRestrictedStandard(String service) throws Exception {
        assertDone(kubectl("-n", "tiphys", "rollout", "status", "deployment/" + service, "--timeout=60s"));
    }

    @ParameterizedTest
    @Order(3)
    @CsvSource({
        "tiphys, get, secrets, tiphys, yes",
        "tiphys, list, secrets, tiphys, no",
        "tiphys, watch, secrets, tiphys, no",
        "tiphys, get, secrets, default, no",
        "tiphys, create, jobs.batch, default, no",
        "tiphys, get, pods, tiphys, no",
        "tiphys-engine, get, secrets, tiphys, yes",
        "tiphys-engine, get, secrets, default, no",
        "tiphys-engine, create, jobs.batch, default, yes",
        "tiphys-engine, watch, jobs.batch, default, yes",
        "tiphys-engine, delete, jobs.batch, default, yes",
        "tiphys-engine, watch, pods, default, yes",
        "tiphys-engine, get, pods/log, default, yes",
        "tiphys-engine, patch, jobs.batch, default, no",
        "tiphys-engine, create, pods, default, no",
        "tiphys-engine, create, pods/exec, default, no",
        "tiphys-engine, create, deployments.apps, default, no",
        "tiphys-syncer, patch, deployments.apps, default, yes",
        "tiphys-syncer, create, namespaces, default, yes",
        "tiphys-syncer, watch, configmaps, default, yes",
        "tiphys-syncer, delete, services, default, yes",
        "tiphys-syncer, escalate, clusterroles.rbac.authorization.k8s.io, default, no",
        "tiphys-syncer, impersonate, users, default, no"
    })
    void allowsWhatIsNeededAndNoMore(String account, String verb, String what, String namespace, String allowed)
            throws Exception {
        Said said = kubectl(
                "auth", "can-i", verb, what, "-n", namespace, "--as", "system:serviceaccount:tiphys:" + account);

        assertThat(said.text().strip().lines().toList().getLast()).isEqualTo(allowed);
    }

    /** As the services do it: with the token of the pod, at the address of one secret. */
    @Test
    @Order(4)
    void letsAServiceReadASecretThatADefinitionNames() throws Exception {
        assertDone(kubectl(
                "-n", "tiphys", "create", "secret", "generic", "slack", "--from-literal=token=xoxb-of-the-test"));
        String token =
                kubectl("-n", "tiphys", "create", "token", "tiphys").text().strip();

        Said said = kubectl(
                "get",
                "--raw",
                "/api/v1/namespaces/tiphys/secrets/slack",
                "--token",
                token,
                "--server",
                server(),
                "--insecure-skip-tls-verify",
                "--kubeconfig=/dev/null");

        assertDone(said);
        assertThat(said.text()).contains("\"token\":\"eG94Yi1vZi10aGUtdGVzdA==\"");
    }

    private static String server() throws Exception {
        return kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}")
                .text()
                .strip();
    }

    private static void assertDone(Said said) {
        assertThat(said.code()).as(said.text()).isZero();
    }

    private static boolean hasKubectl() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
    }

    private static Said kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        if (Stream.of(arguments).noneMatch(argument -> argument.startsWith("--kubeconfig"))) {
            command.add("--kubeconfig=" + cluster.kubeconfig());
        }
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, "kubectl", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // Nothing of the person who runs the test: neither their clusters nor their cache.
        builder.environment().put("HOME", directory.toString());
        builder.environment().remove("KUBECONFIG");
        Process process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("kubectl did not end: " + String.join(" ", command));
        }
        return new Said(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
