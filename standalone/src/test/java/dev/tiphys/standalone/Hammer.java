package dev.tiphys.standalone;

import dev.tiphys.testkit.GitHubPush;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Delivers over a number of connections, each waiting for its answer, and keeps a ledger of its own: what was sent when, and
 * what came back. What it says of a delivery comes from nobody else.
 */
final class Hammer implements AutoCloseable {

    /**
     * A delivery and its answer.
     *
     * @param status 0 if there was no answer
     * @param event the event's id as the answer said it; null if it did not
     */
    record Sent(String delivery, int status, @Nullable String event, long atNanos, double millis) {}

    private static final HttpClient SHARED =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Sent> sent = new ConcurrentLinkedQueue<>();
    private final List<Thread> connections = new ArrayList<>();

    private Hammer() {}

    /** Begins to deliver. */
    static Hammer swing(GitHubPush push, URI hook, String secret, int connections) {
        Hammer hammer = new Hammer();
        byte[] body = push.body();
        Map<String, String> headers = push.headers(secret, "");
        for (int i = 0; i < connections; i++) {
            hammer.connections.add(Thread.ofVirtual().name("hammer").start(() -> hammer.deliver(hook, headers, body)));
        }
        return hammer;
    }

    /** Delivers once, over a connection that is kept for the next. */
    static Sent one(GitHubPush push, URI hook, String secret) {
        String id = UUID.randomUUID().toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(hook)
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofByteArray(push.body()));
        push.headers(secret, id).forEach(request::header);
        return one(SHARED, request.build(), id);
    }

    private void deliver(URI hook, Map<String, String> headers, byte[] body) {
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build()) {
            while (!stopped.get()) {
                String id = UUID.randomUUID().toString();
                HttpRequest.Builder request = HttpRequest.newBuilder(hook)
                        .timeout(Duration.ofSeconds(20))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
                headers.forEach((name, value) -> {
                    if (!name.equals("X-GitHub-Delivery")) {
                        request.header(name, value);
                    }
                });
                request.header("X-GitHub-Delivery", id);
                sent.add(one(client, request.build(), id));
            }
        }
    }

    private static Sent one(HttpClient client, HttpRequest request, String id) {
        long begin = System.nanoTime();
        int status = 0;
        String event = null;
        try {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            status = answer.statusCode();
            event = status == 202 ? answer.body().replaceAll(".*\"event\":\"([0-9a-f]+)\".*", "$1") : null;
        } catch (IOException e) {
            // No answer: the other end was killed. That is what the ledger says then.
            status = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Sent(id, status, event, begin, (System.nanoTime() - begin) / 1e6);
    }

    /** {@return all that was sent} Ends when every answer is there. */
    List<Sent> stop() {
        stopped.set(true);
        try {
            for (Thread connection : connections) {
                connection.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(sent);
    }

    @Override
    public void close() {
        var _ = stop();
    }
}
