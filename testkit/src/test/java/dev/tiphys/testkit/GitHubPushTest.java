package dev.tiphys.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class GitHubPushTest {
    @TempDir
    Path directory;

    private GitServer server;
    private TestRepository shop;

    @BeforeEach
    void start() {
        server = GitServer.start(directory);
        shop = server.createRepository("acme/shop");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aPushTellsEachCommitAndWhatItChanged() throws Exception {
        String first = shop.commit("first", Map.of("a.txt", "1"));
        String second = shop.commit("second", Map.of("deploy/x.yaml", "1"));
        String third = shop.commit("third", Map.of("a.txt", "2"));

        JsonNode payload = payload(GitHubPush.branch(shop, "main", first, third));

        assertThat(payload.path("ref").asText()).isEqualTo("refs/heads/main");
        assertThat(payload.path("before").asText()).isEqualTo(first);
        assertThat(payload.path("after").asText()).isEqualTo(third);
        assertThat(payload.path("created").asBoolean()).isFalse();
        assertThat(payload.path("forced").asBoolean()).isFalse();
        assertThat(payload.path("base_ref").isNull()).isTrue();
        assertThat(payload.path("commits").findValuesAsText("id")).containsExactly(second, third);
        assertThat(payload.at("/commits/0/added/0").asText()).isEqualTo("deploy/x.yaml");
        assertThat(payload.at("/commits/1/modified/0").asText()).isEqualTo("a.txt");
        assertThat(payload.at("/head_commit/id").asText()).isEqualTo(third);
        assertThat(payload.at("/repository/full_name").asText()).isEqualTo("acme/shop");
        assertThat(payload.at("/repository/owner/login").asText()).isEqualTo("acme");
        assertThat(payload.at("/repository/clone_url").asText()).isEqualTo(shop.url());
        assertThat(payload.at("/pusher/name").asText()).isEqualTo("ada");
        assertThat(payload.at("/sender/login").asText()).isEqualTo("ada");
        assertThat(payload.at("/organization/login").asText()).isEqualTo("acme");
    }

    @Test
    void aForcedPushSaysSo() throws Exception {
        String first = shop.commit("first", Map.of("a.txt", "1"));
        String lost = shop.commit("lost", Map.of("a.txt", "2"));
        shop.branch("main", first);
        String other = shop.commit("other", Map.of("a.txt", "3"));

        JsonNode payload = payload(GitHubPush.branch(shop, "main", lost, other));

        assertThat(payload.path("forced").asBoolean()).isTrue();
        assertThat(payload.path("commits").findValuesAsText("id")).containsExactly(other);
    }

    @Test
    void aNewBranchListsWhatNoOtherBranchHas() throws Exception {
        shop.commit("first", Map.of("a.txt", "1"));
        String feature = shop.commit("feature", "second", Map.of("b.txt", "1"));

        JsonNode payload = payload(GitHubPush.branch(shop, "feature", Push.NOWHERE, feature));

        assertThat(payload.path("created").asBoolean()).isTrue();
        assertThat(payload.path("before").asText()).isEqualTo("0".repeat(40));
        assertThat(payload.path("commits").findValuesAsText("id")).containsExactly(feature);
    }

    @Test
    void aTagHasNoCommitsButAHead() throws Exception {
        String first = shop.commit("first", Map.of("a.txt", "1"));
        shop.tag("v1", first);

        JsonNode payload = payload(GitHubPush.tag(shop, "v1"));

        assertThat(payload.path("ref").asText()).isEqualTo("refs/tags/v1");
        assertThat(payload.path("base_ref").asText()).isEqualTo("refs/heads/main");
        assertThat(payload.path("commits")).isEmpty();
        assertThat(payload.at("/head_commit/id").asText()).isEqualTo(first);
    }

    @Test
    void aDeletedBranchHasNothing() throws Exception {
        String first = shop.commit("first", Map.of("a.txt", "1"));

        JsonNode payload = payload(GitHubPush.branch(shop, "gone", first, Push.NOWHERE));

        assertThat(payload.path("deleted").asBoolean()).isTrue();
        assertThat(payload.path("after").asText()).isEqualTo("0".repeat(40));
        assertThat(payload.path("head_commit").isNull()).isTrue();
    }

    @Test
    void theSignatureIsGitHubsOwnExample() {
        byte[] body = "Hello, World!".getBytes(StandardCharsets.UTF_8);

        assertThat(GitHubPush.sign("It's a Secret to Everybody", body))
                .isEqualTo("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }

    @Test
    void aDeliveryCarriesGitHubsHeaders() throws Exception {
        shop.commit("first", Map.of("a.txt", "1"));
        GitHubPush push = GitHubPush.head(shop, "main");
        CompletableFuture<Map<String, String>> headers = new CompletableFuture<>();
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        HttpServer endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.createContext("/hooks/shop", exchange -> {
            body.complete(exchange.getRequestBody().readAllBytes());
            Map<String, String> seen = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> seen.put(name, values.getFirst()));
            headers.complete(seen);
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        endpoint.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + endpoint.getAddress().getPort() + "/hooks/shop");

            HttpResponse<String> answer = push.deliver(uri, "s3cret", "d-1");

            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(body.get(5, TimeUnit.SECONDS)).isEqualTo(push.body());
            assertThat(headers.get(5, TimeUnit.SECONDS))
                    .containsEntry("X-GitHub-Event", "push")
                    .containsEntry("X-GitHub-Delivery", "d-1")
                    .containsEntry("X-Hub-Signature-256", GitHubPush.sign("s3cret", push.body()))
                    .containsKeys("X-GitHub-Hook-ID", "X-Hub-Signature")
                    .hasEntrySatisfying("User-Agent", agent -> assertThat(agent).startsWith("GitHub-Hookshot/"));
        } finally {
            endpoint.stop(0);
        }
    }

    @Test
    void aPingNamesTheRepositoryAndTheHook() throws Exception {
        GitHubPush ping = GitHubPush.ping(shop);

        assertThat(ping.event()).isEqualTo("ping");
        assertThat(payload(ping).at("/repository/full_name").asText()).isEqualTo("acme/shop");
        assertThat(payload(ping).path("hook_id").asLong()).isPositive();
    }

    @Test
    void aDeliveryMayClaimAnotherRepository() throws Exception {
        shop.commit("first", Map.of("a.txt", "1"));

        JsonNode payload = payload(GitHubPush.head(shop, "main").claiming("acme/billing"));

        assertThat(payload.at("/repository/full_name").asText()).isEqualTo("acme/billing");
    }

    private static JsonNode payload(GitHubPush push) throws IOException {
        return new ObjectMapper().readTree(push.body());
    }
}
