package dev.tiphys.gateway.queue.sqs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tiphys.contracts.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Stands between a queue server and its clients and does what SQS may do: a batch that answers 200 and left some entries
 * undone, messages that come again although they were deleted, in another order. It counts what went over it.
 */
final class FaultyFront implements AutoCloseable {
    private static final String DELETE = "DeleteMessageBatch";
    private static final String CHANGE = "ChangeMessageVisibilityBatch";

    private final URI behind;
    private final Faults faults;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Random random;
    private final Map<String, String> messages = new ConcurrentHashMap<>();
    private final Map<String, Integer> deletes = new ConcurrentHashMap<>();

    /** How often each message, by its body, was received over this front. */
    final Map<String, Integer> received = new ConcurrentHashMap<>();

    /** How many of the next wishes for another visibility are not granted, with an answer of 200. */
    final AtomicInteger ungranted = new AtomicInteger();

    /** What the wishes asked for that were passed on, in seconds, in their order. */
    final List<Integer> granted = Collections.synchronizedList(new ArrayList<>());

    /** What happens before wishes are passed on, by what they ask for in seconds; it may take its time. */
    volatile IntConsumer beforeChange = _ -> {};

    /** What happens once wishes were passed on. */
    volatile IntConsumer afterChange = _ -> {};

    /** How many entries of batches were left undone with an answer of 200. */
    final List<String> undone = Collections.synchronizedList(new ArrayList<>());

    /**
     * What goes wrong.
     *
     * @param undonePercent how many of 100 entries of a batch of deletes are not done, and said so
     * @param deliveries how often each message is delivered before a delete of it counts
     */
    record Faults(int undonePercent, int deliveries, long seed) {}

    FaultyFront(URI behind, Faults faults) throws IOException {
        this.behind = behind;
        this.faults = faults;
        this.random = new Random(faults.seed());
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
            String action = target.substring(target.indexOf('.') + 1);
            HttpResponse<byte[]> reply = switch (action) {
                case DELETE -> delete(exchange, (ObjectNode) Json.mapper().readTree(body));
                case CHANGE -> change(exchange, (ObjectNode) Json.mapper().readTree(body));
                case "ReceiveMessage" -> receive(exchange, body);
                default -> forward(exchange, action, body);
            };
            byte[] answer = reply.body();
            if (action.equals(DELETE) || action.equals(CHANGE)) {
                answer = merged.get().isEmpty() ? answer : withUndone(answer, merged.get());
                merged.remove();
            }
            reply.headers()
                    .firstValue("Content-Type")
                    .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
            exchange.sendResponseHeaders(reply.statusCode(), answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final ThreadLocal<Split> merged = ThreadLocal.withInitial(() -> new Split(List.of(), List.of()));

    private record Split(List<String> undone, List<String> pretended) {
        boolean isEmpty() {
            return undone.isEmpty() && pretended.isEmpty();
        }
    }

    private HttpResponse<byte[]> receive(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpResponse<byte[]> reply = forward(exchange, "ReceiveMessage", body);
        JsonNode answer = Json.mapper().readTree(reply.body());
        for (JsonNode message : answer.path("Messages")) {
            messages.put(
                    message.path("ReceiptHandle").asText(),
                    message.path("MessageId").asText());
            received.merge(message.path("Body").asText(), 1, Integer::sum);
        }
        return reply;
    }

    private HttpResponse<byte[]> delete(HttpExchange exchange, ObjectNode request)
            throws IOException, InterruptedException {
        List<String> undoneHere = new ArrayList<>();
        List<String> pretended = new ArrayList<>();
        ArrayNode honest = Json.mapper().createArrayNode();
        ArrayNode back = Json.mapper().createArrayNode();
        for (JsonNode entry : request.path("Entries")) {
            String message = messages.getOrDefault(entry.path("ReceiptHandle").asText(), "");
            if (random.nextInt(100) < faults.undonePercent()) {
                undoneHere.add(entry.path("Id").asText());
                undone.add(message);
            } else if (deletes.merge(message, 1, Integer::sum) < faults.deliveries()) {
                pretended.add(entry.path("Id").asText());
                back.add(((ObjectNode) entry.deepCopy()).put("VisibilityTimeout", 0));
            } else {
                honest.add(entry);
            }
        }
        if (!back.isEmpty()) {
            ObjectNode change = request.deepCopy();
            change.set("Entries", back);
            forward(exchange, CHANGE, Json.bytes(change));
        }
        merged.set(new Split(undoneHere, pretended));
        ObjectNode deletion = request.deepCopy();
        deletion.set("Entries", honest);
        return honest.isEmpty()
                ? forward(exchange, "GetQueueUrl", Json.bytes(Map.of("QueueName", "orders")))
                : forward(exchange, DELETE, Json.bytes(deletion));
    }

    private HttpResponse<byte[]> change(HttpExchange exchange, ObjectNode request)
            throws IOException, InterruptedException {
        List<String> undoneHere = new ArrayList<>();
        ArrayNode honest = Json.mapper().createArrayNode();
        List<Integer> passedOn = new ArrayList<>();
        for (JsonNode entry : request.path("Entries")) {
            int seconds = entry.path("VisibilityTimeout").asInt();
            beforeChange.accept(seconds);
            if (ungranted.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                undoneHere.add(entry.path("Id").asText());
            } else {
                honest.add(entry);
                passedOn.add(seconds);
            }
        }
        merged.set(new Split(undoneHere, List.of()));
        ObjectNode change = request.deepCopy();
        change.set("Entries", honest);
        HttpResponse<byte[]> reply = honest.isEmpty()
                ? forward(exchange, "GetQueueUrl", Json.bytes(Map.of("QueueName", "orders")))
                : forward(exchange, CHANGE, Json.bytes(change));
        granted.addAll(passedOn);
        passedOn.forEach(seconds -> afterChange.accept(seconds));
        return reply;
    }

    private static byte[] withUndone(byte[] answer, Split split) throws IOException {
        ObjectNode merged = (ObjectNode) Json.mapper().readTree(answer);
        ArrayNode failed = merged.withArray("Failed");
        split.undone()
                .forEach(id -> failed.addObject()
                        .put("Id", id)
                        .put("SenderFault", false)
                        .put("Code", "InternalError")
                        .put("Message", "try again"));
        ArrayNode successful = merged.withArray("Successful");
        split.pretended().forEach(id -> successful.addObject().put("Id", id));
        return Json.bytes(merged);
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, String action, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        behind.resolve(exchange.getRequestURI().getPath()))
                .POST(BodyPublishers.ofByteArray(body))
                .header("X-Amz-Target", "AmazonSQS." + action);
        for (String header : List.of("Content-Type", "Authorization", "X-Amz-Date")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                request.header(header, value);
            }
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
    }
}
