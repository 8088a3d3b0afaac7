package dev.tiphys.standalone;

import dev.tiphys.testkit.FakeJenkins;
import dev.tiphys.testkit.FakeSlack;
import dev.tiphys.testkit.GitServer;
import dev.tiphys.testkit.TestRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A shop that is delivered by Tiphys: its repository on a local Git server, a stand-in Jenkins that tests it, a stand-in
 * Slack where its people are, and the definitions and secrets that tie them together.
 */
final class SampleShop implements AutoCloseable {
    /** The channel of the shop's people. */
    static final String CHANNEL = "#deploys";

    /** The job that tests the shop. */
    static final String JOB = "shop/integration-test";

    private static final String JENKINS_USER = "tiphys";
    private static final String JENKINS_TOKEN = "jenkins-token-of-the-sample";
    private static final String SLACK_TOKEN = "xoxb-token-of-the-sample";

    private final Path directory;
    private final GitServer git;
    private final TestRepository repository;
    private final FakeJenkins jenkins;
    private final FakeSlack slack;

    private final String deployTimeout;

    private SampleShop(Path directory, GitServer git, FakeJenkins jenkins, FakeSlack slack, String deployTimeout) {
        this.directory = directory;
        this.deployTimeout = deployTimeout;
        this.git = git;
        this.repository = git.createRepository("acme/shop");
        this.jenkins = jenkins;
        this.slack = slack;
    }

    /** Starts the servers on free ports and writes the definitions and secrets. */
    static SampleShop open(Path directory) {
        return open(directory, 0, "2m");
    }

    /**
     * As {@link #open(Path)}.
     *
     * @param gitPort where the Git server listens, 0 for a free port
     * @param deployTimeout how long a deployment may take, as pipelines say it
     */
    static SampleShop open(Path directory, int gitPort, String deployTimeout) {
        GitServer git = GitServer.start(directory.resolve("git"), gitPort);
        FakeJenkins jenkins = FakeJenkins.start(0, JENKINS_USER, JENKINS_TOKEN);
        jenkins.job(JOB).parameters("REVISION", "RUN_ID");
        FakeSlack slack = FakeSlack.start(0, SLACK_TOKEN).channel(CHANNEL);
        SampleShop shop = new SampleShop(directory, git, jenkins, slack, deployTimeout);
        shop.write();
        return shop;
    }

    TestRepository repository() {
        return repository;
    }

    GitServer git() {
        return git;
    }

    FakeJenkins jenkins() {
        return jenkins;
    }

    FakeSlack slack() {
        return slack;
    }

    Path definitions() {
        return directory.resolve("definitions");
    }

    Path secrets() {
        return directory.resolve("secrets");
    }

    /** {@return the secret that signs the shop's deliveries} */
    String webhookSecret() {
        return "webhook-secret-of-the-sample";
    }

    /** {@return the endpoint of the shop's webhook} */
    static URI hook(URI tiphys) {
        return tiphys.resolve("/hooks/shop");
    }

    /** {@return the files of both environments at a version} */
    static Map<String, String> manifests(String version) {
        Map<String, String> files = new LinkedHashMap<>();
        files.putAll(manifests("experiment", version));
        files.putAll(manifests("dev", version));
        return files;
    }

    /** {@return the files of one environment at a version} */
    static Map<String, String> manifests(String environment, String version) {
        return Map.of(
                "deploy/" + environment + "/web.yaml", """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web
                  labels: {app: web}
                spec:
                  replicas: 2
                  selector:
                    matchLabels: {app: web}
                  template:
                    metadata:
                      labels: {app: web}
                    spec:
                      containers:
                        - name: web
                          image: shop/web:%s
                          ports:
                            - containerPort: 8080
                          envFrom:
                            - configMapRef: {name: web}
                ---
                apiVersion: v1
                kind: Service
                metadata:
                  name: web
                spec:
                  selector: {app: web}
                  ports:
                    - port: 80
                      targetPort: 8080
                """.formatted(version),
                "deploy/" + environment + "/config.yaml", """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: web
                data:
                  ENVIRONMENT: %s
                  GREETING: Welcome to the shop, version %s
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata:
                  name: web
                """.formatted(environment, version));
    }

    private void write() {
        try {
            Files.createDirectories(definitions());
            Files.writeString(definitions().resolve("shop.yaml"), definitionsText());
            secret("shop-webhook", "secret", webhookSecret());
            secret("jenkins", "token", JENKINS_TOKEN);
            secret("slack", "token", SLACK_TOKEN);
        } catch (IOException e) {
            throw new UncheckedIOException("the sample cannot be written to " + directory, e);
        }
    }

    private void secret(String name, String key, String value) throws IOException {
        Path folder = Files.createDirectories(secrets().resolve(name));
        PrivateFile.write(folder.resolve(key), value);
    }

    private String definitionsText() {
        return """
                apiVersion: tiphys.dev/v1
                kind: Repository
                metadata: {name: shop}
                spec:
                  url: %1$s
                  provider: github
                  webhook: {secretRef: {name: shop-webhook, key: secret}}
                ---
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: shop-experiment, namespace: argocd}
                spec:
                  project: default
                  source: {repoURL: %1$s, path: deploy/experiment, targetRevision: main}
                  destination: {server: https://kubernetes.default.svc, namespace: experiment}
                  syncPolicy: {syncOptions: [CreateNamespace=true]}
                ---
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: shop-dev, namespace: argocd}
                spec:
                  project: default
                  source: {repoURL: %1$s, path: deploy/dev, targetRevision: main}
                  destination: {server: https://kubernetes.default.svc, namespace: dev}
                  syncPolicy: {syncOptions: [CreateNamespace=true]}
                ---
                apiVersion: tiphys.dev/v1
                kind: JenkinsServer
                metadata: {name: ci}
                spec: {url: "%2$s", user: %3$s, token: {secretRef: {name: jenkins, key: token}}}
                ---
                apiVersion: tiphys.dev/v1
                kind: SlackWorkspace
                metadata: {name: default}
                spec: {token: {secretRef: {name: slack, key: token}}, apiUrl: "%4$s"}
                ---
                apiVersion: tiphys.dev/v1
                kind: Pipeline
                metadata: {name: shop-delivery}
                spec:
                  on:
                    - push: {repository: shop, branches: [main], paths: ["deploy/**", "test/**"]}
                  concurrency: {key: shop, rule: latest}
                  notify: {slack: "%5$s"}
                  steps:
                    - {name: experiment, deploy: {application: shop-experiment}, timeout: %7$s}
                    - name: integration-test
                      jenkins: {server: ci, job: %6$s, parameters: {REVISION: "${{ event.git.revision }}"}}
                      timeout: 30m
                    - {name: dev, deploy: {application: shop-dev}, timeout: %7$s}
                """.formatted(
                        repository.url(), jenkins.url(), JENKINS_USER, slack.apiUrl(), CHANNEL, JOB, deployTimeout);
    }

    @Override
    public void close() {
        slack.close();
        jenkins.close();
        git.close();
    }
}
