package dev.tiphys.queueserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** The server as its clients see it. */
@Tag("real")
class EmbeddedQueueTest {
    @TempDir
    private Path directory;

    private static SqsClient client(URI endpoint) {
        return SqsClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    private static String url(SqsClient client, String queue) {
        return client.getQueueUrl(request -> request.queueName(queue)).queueUrl();
    }

    private static Set<String> bodies(SqsClient client, String url, int wanted) {
        Set<String> bodies = new HashSet<>();
        for (int empty = 0; bodies.size() < wanted && empty < 3; ) {
            List<Message> messages = client.receiveMessage(request ->
                            request.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(1))
                    .messages();
            empty = messages.isEmpty() ? empty + 1 : 0;
            messages.forEach(message -> bodies.add(message.body()));
        }
        return bodies;
    }

    @Test
    void createsAQueueWhenItIsFirstAskedForAndKeepsTheOrderOfAGroup() {
        try (EmbeddedQueue queue = EmbeddedQueue.start(directory, 0);
                SqsClient client = client(queue.endpoint())) {
            String url = url(client, "orders.fifo");
            IntStream.range(0, 5)
                    .forEach(i -> client.sendMessage(request -> request.queueUrl(url)
                            .messageBody("m" + i)
                            .messageGroupId("g")
                            .messageDeduplicationId("d" + i)));

            List<String> bodies =
                    client.receiveMessage(request -> request.queueUrl(url).maxNumberOfMessages(10)).messages().stream()
                            .map(Message::body)
                            .toList();

            assertThat(bodies).containsExactly("m0", "m1", "m2", "m3", "m4");
        }
    }

    @Test
    void keepsMessagesAcrossAClose() {
        int port;
        try (EmbeddedQueue queue = EmbeddedQueue.start(directory, 0);
                SqsClient client = client(queue.endpoint())) {
            port = queue.port();
            String url = url(client, "orders");
            client.sendMessage(request -> request.queueUrl(url).messageBody("kept"));
        }

        try (EmbeddedQueue queue = EmbeddedQueue.start(directory, port);
                SqsClient client = client(queue.endpoint())) {
            assertThat(bodies(client, url(client, "orders"), 1)).containsExactly("kept");
        }
    }

    @Test
    void keepsEveryMessageThatItAnsweredForWhenTheProcessIsKilled() throws IOException, InterruptedException {
        Process victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Victim.class.getName(),
                        directory.toString(),
                        "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> sent = new ArrayList<>();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(victim.getInputStream(), UTF_8))) {
            int port = Integer.parseInt(out.readLine());
            try (SqsClient client = client(URI.create("http://127.0.0.1:" + port))) {
                String url = url(client, "orders");
                for (int i = 0; i < 200; i++) {
                    String body = "message " + i;
                    client.sendMessage(request -> request.queueUrl(url).messageBody(body));
                    sent.add(body);
                }
            }
        } finally {
            victim.destroyForcibly().waitFor();
        }

        try (EmbeddedQueue queue = EmbeddedQueue.start(directory, 0);
                SqsClient client = client(queue.endpoint())) {
            assertThat(bodies(client, url(client, "orders"), sent.size())).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    @Test
    void endsAtOnceWhileAClientIsInALongPoll() throws IOException {
        EmbeddedQueue queue = EmbeddedQueue.start(directory, 0);
        try (SqsClient client = client(queue.endpoint());
                Socket poll = new Socket("127.0.0.1", queue.port())) {
            String body = "{\"QueueUrl\": \"" + url(client, "orders") + "\", \"WaitTimeSeconds\": 20}";
            poll.getOutputStream().write(("""
                    POST / HTTP/1.1\r
                    Host: 127.0.0.1\r
                    X-Amz-Target: AmazonSQS.ReceiveMessage\r
                    Content-Type: application/x-amz-json-1.0\r
                    Content-Length: %d\r
                    \r
                    %s""".formatted(body.length(), body)).getBytes(UTF_8));
            // Answered after the poll has come.
            url(client, "orders");

            long begun = System.nanoTime();
            queue.close();

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void saysWhichPortIsTaken() {
        try (EmbeddedQueue queue = EmbeddedQueue.start(directory.resolve("first"), 0)) {
            assertThatThrownBy(() -> EmbeddedQueue.start(directory.resolve("second"), queue.port()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(Integer.toString(queue.port()));
        }
    }
}
