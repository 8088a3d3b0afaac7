package dev.tiphys.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue server inside of the product: what it took is there after a kill -9, and becomes events. */
class QueueIT {
    private static final int MESSAGES = 50;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void messagesThatWereTakenBeforeAKillBecomeEventsAfterIt() throws Exception {
        int port = freePort();
        String address = "http://127.0.0.1:" + port;
        try (SampleShop shop = SampleShop.open(directory.resolve("shop"));
                RunningTiphys tiphys =
                        RunningTiphys.start(directory.resolve("data"), shop, "--queue-port", Integer.toString(port))) {
            assertThat(Files.readString(tiphys.data().resolve("terminal.txt"))).contains(address);
            List<String> orders =
                    IntStream.range(0, MESSAGES).mapToObj(i -> "order-" + i).toList();
            send(address, orders);
            tiphys.kill();
            tiphys.startAgain();
            tiphys.awaitReady();

            String queue = """
                    {apiVersion: tiphys.dev/v1, kind: Queue, metadata: {name: orders}, spec: {
                      sqs: {queueUrl: "%1$s/000000000000/orders", region: us-east-1, endpoint: "%1$s"},
                      deduplicateBy: message.body.order}}""".formatted(address);
            assertThat(tiphys.send("PUT", "/api/definitions", queue).statusCode())
                    .isEqualTo(200);

            Awaitility.await("all orders are events")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(tiphys.get("/api/queues/orders")
                                    .at("/counts/accepted")
                                    .asInt())
                            .isEqualTo(MESSAGES));
            Awaitility.await("the engine has seen them")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(events(tiphys)).hasSize(MESSAGES));
            assertThat(tiphys.stop()).isLessThan(Duration.ofSeconds(10));
        }
    }

    private static Set<String> events(RunningTiphys tiphys) {
        Set<String> ids = new HashSet<>();
        for (JsonNode event : tiphys.get("/api/events?limit=500").path("items")) {
            if (event.path("endpoint").asText().equals("orders")) {
                ids.add(event.path("id").asText());
            }
        }
        return ids;
    }

    private static void send(String address, List<String> orders) {
        try (SqsClient client = SqsClient.builder()
                .endpointOverride(URI.create(address))
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            for (String order : orders) {
                client.sendMessage(request -> request.queueUrl(address + "/000000000000/orders")
                        .messageBody("{\"order\": \"" + order + "\"}"));
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
