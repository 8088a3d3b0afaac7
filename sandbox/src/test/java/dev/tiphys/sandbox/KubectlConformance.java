package dev.tiphys.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do with kubectl. */
interface KubectlConformance extends ConformanceSteps {

    /** How a command ended. */
    record Ended(int code, String out) {}

    private Ended kubectl(Path scratch, String... arguments) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl"))),
                "kubectl is not on the PATH");
        List<String> command =
                new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig().toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(scratch, "kubectl", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        // Its cache of kinds must not outlive the cluster: ports are used again.
        builder.environment().put("HOME", scratch.toString());
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), Files.readString(out));
    }

    private String succeed(Path scratch, String... arguments) throws IOException, InterruptedException {
        Ended ended = kubectl(scratch, arguments);
        assertThat(ended.code())
                .as("kubectl " + String.join(" ", arguments) + "\n" + ended.out())
                .isZero();
        return ended.out();
    }

    private static String file(Path scratch, String name, String content) throws IOException {
        return Files.write(scratch.resolve(name), content.getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static String web(String image) {
        return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: main, image: '%s', ports: [{containerPort: 80}]}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        """.formatted(image);
    }

    @Test
    default void kubectlAppliesOnTheServerAndFollowsTheRollout(@TempDir Path scratch) throws Exception {
        String ns = freshNamespace();
        String file = file(scratch, "web.yaml", web("nginx:1"));

        succeed(scratch, "-n", ns, "apply", "--server-side", "-f", file);
        String rollout = succeed(scratch, "-n", ns, "rollout", "status", "deployment/web", "--timeout=40s");
        String again = succeed(scratch, "-n", ns, "apply", "--server-side", "-f", file);

        assertThat(rollout).contains("deployment \"web\" successfully rolled out");
        assertThat(again).contains("deployment.apps/web serverside-applied");
        assertThat(succeed(scratch, "-n", ns, "get", "pods", "-l", "app=web", "-o", "name")
                        .lines())
                .hasSize(2);
        assertThat(succeed(scratch, "-n", ns, "get", "deployments,services")).contains("web");
        assertThat(succeed(scratch, "-n", ns, "get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}"))
                .isEqualTo("2");
    }

    @Test
    default void kubectlAppliesFromTheClientAndSeesDifferences(@TempDir Path scratch) throws Exception {
        String ns = freshNamespace();
        String file = file(scratch, "web.yaml", web("nginx:1"));

        assertThat(succeed(scratch, "-n", ns, "apply", "-f", file)).contains("deployment.apps/web created");
        assertThat(succeed(scratch, "-n", ns, "apply", "-f", file)).contains("deployment.apps/web unchanged");
        file(scratch, "web.yaml", web("nginx:2"));
        Ended difference = kubectl(scratch, "-n", ns, "diff", "-f", file);
        assertThat(succeed(scratch, "-n", ns, "apply", "-f", file)).contains("deployment.apps/web configured");

        assertThat(difference.code()).isEqualTo(1);
        assertThat(difference.out()).contains("nginx:2");
    }

    @Test
    default void kubectlShowsLogsAndDescribes(@TempDir Path scratch) throws Exception {
        String ns = freshNamespace();
        succeed(scratch, "-n", ns, "apply", "--server-side", "-f", file(scratch, "web.yaml", web("nginx:1")));
        succeed(scratch, "-n", ns, "rollout", "status", "deployment/web", "--timeout=40s");

        assertThat(succeed(scratch, "-n", ns, "logs", "deployment/web"))
                .contains("simulated output, line 1")
                .contains("simulated output, line 2");
        assertThat(succeed(scratch, "-n", ns, "describe", "deployment", "web"))
                .contains("2 desired | 2 updated | 2 total | 2 available | 0 unavailable");
        assertThat(succeed(scratch, "-n", ns, "describe", "pods", "-l", "app=web"))
                .contains("nginx:1");
        assertThat(succeed(scratch, "-n", ns, "describe", "service", "web")).contains("app=web");
    }

    @Test
    default void kubectlDeletesAndWaits(@TempDir Path scratch) throws Exception {
        String ns = freshNamespace();
        String file = file(scratch, "web.yaml", web("nginx:1"));
        succeed(scratch, "-n", ns, "apply", "--server-side", "-f", file);

        succeed(scratch, "-n", ns, "delete", "-f", file, "--cascade=foreground", "--timeout=40s");

        assertThat(succeed(scratch, "-n", ns, "get", "deployments,services,pods", "-o", "name"))
                .isEmpty();
        Ended absent = kubectl(scratch, "-n", ns, "get", "deployment", "web");
        assertThat(absent.code()).isEqualTo(1);
        assertThat(absent.out()).contains("Error from server (NotFound): deployments.apps \"web\" not found");
    }

    @Test
    default void kubectlHearsOfConflicts(@TempDir Path scratch) throws Exception {
        String ns = freshNamespace();
        String file = file(scratch, "web.yaml", web("nginx:1"));
        succeed(scratch, "-n", ns, "apply", "--server-side", "--field-manager=one", "-f", file);
        file(scratch, "web.yaml", web("nginx:2"));

        Ended conflict = kubectl(scratch, "-n", ns, "apply", "--server-side", "--field-manager=two", "-f", file);
        succeed(scratch, "-n", ns, "apply", "--server-side", "--field-manager=two", "--force-conflicts", "-f", file);

        assertThat(conflict.code()).isEqualTo(1);
        assertThat(conflict.out())
                .contains("conflict with \"one\": .spec.template.spec.containers[name=\"main\"].image");
    }
}
