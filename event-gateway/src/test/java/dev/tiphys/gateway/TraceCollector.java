package dev.tiphys.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A collector of traces that speaks OTLP over HTTP, and that can go away and come back. */
public final class TraceCollector implements QuarkusTestResourceLifecycleManager {
    static final String SERVER = "2";
    static final String PRODUCER = "4";

    private static final List<byte[]> REQUESTS = new CopyOnWriteArrayList<>();
    private static @Nullable HttpServer server;

    /** A span as it came over the wire. */
    record Collected(
            String traceId,
            String spanId,
            String parentId,
            String name,
            String kind,
            Map<String, String> attributes,
            String service) {
        String traceparent() {
            return "00-" + traceId + "-" + spanId + "-01";
        }
    }

    @Override
    public Map<String, String> start() {
        listen(0);
        return Map.of(
                "otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + port(),
                "otel.bsp.schedule.delay",
                "50",
                "otel.bsp.max.queue.size",
                "32",
                "otel.bsp.max.export.batch.size",
                "16");
    }

    @Override
    public void stop() {
        away();
        REQUESTS.clear();
    }

    static void away() {
        Objects.requireNonNull(server).stop(0);
    }

    static void back() {
        listen(port());
    }

    private static int port() {
        return Objects.requireNonNull(server).getAddress().getPort();
    }

    private static void listen(int port) {
        try {
            HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            started.createContext("/v1/traces", TraceCollector::take);
            started.start();
            server = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestMethod().equals("POST")
                    && "application/x-protobuf"
                            .equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
                REQUESTS.add(body);
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** {@return all that came, as it came} */
    static String wire() {
        StringBuilder all = new StringBuilder();
        REQUESTS.forEach(body -> all.append(new String(body, ISO_8859_1)));
        return all.toString();
    }

    static List<Collected> spans() {
        return REQUESTS.stream()
                .flatMap(body -> messages(parsed(ByteString.copyFrom(body)), 1))
                .flatMap(resource -> {
                    String service = messages(resource, 1)
                            .map(TraceCollector::attributes)
                            .map(attributes -> attributes.getOrDefault("service.name", ""))
                            .findFirst()
                            .orElse("");
                    return messages(resource, 2)
                            .flatMap(scope -> messages(scope, 2))
                            .map(span -> span(span, service));
                })
                .toList();
    }

    private static Collected span(UnknownFieldSet span, String service) {
        return new Collected(
                hex(span, 1),
                hex(span, 2),
                hex(span, 4),
                text(span, 5),
                span.getField(6).getVarintList().getFirst().toString(),
                attributes(span, 9),
                service);
    }

    private static Map<String, String> attributes(UnknownFieldSet resource) {
        return attributes(resource, 1);
    }

    private static Map<String, String> attributes(UnknownFieldSet holder, int field) {
        Map<String, String> attributes = new HashMap<>();
        messages(holder, field)
                .forEach(pair -> messages(pair, 2).forEach(value -> {
                    List<Long> numbers = value.getField(3).getVarintList();
                    attributes.put(
                            text(pair, 1),
                            numbers.isEmpty()
                                    ? text(value, 1)
                                    : numbers.getFirst().toString());
                }));
        return attributes;
    }

    private static Stream<UnknownFieldSet> messages(UnknownFieldSet holder, int field) {
        return holder.getField(field).getLengthDelimitedList().stream().map(TraceCollector::parsed);
    }

    private static UnknownFieldSet parsed(ByteString bytes) {
        try {
            return UnknownFieldSet.parseFrom(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(UnknownFieldSet holder, int field) {
        return holder.getField(field).getLengthDelimitedList().stream()
                .map(ByteString::toStringUtf8)
                .findFirst()
                .orElse("");
    }

    private static String hex(UnknownFieldSet holder, int field) {
        return holder.getField(field).getLengthDelimitedList().stream()
                .map(bytes -> HexFormat.of().formatHex(bytes.toByteArray()))
                .findFirst()
                .orElse("");
    }
}
