package dev.tiphys.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The HTTP side of a server of this package: reads whole requests, enacts faults, writes whole answers. */
final class HttpFront implements AutoCloseable {
    static {
        // Else each answer to a kept-alive connection waits for the client's delayed acknowledgement: 40 ms.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private static final System.Logger log = System.getLogger(HttpFront.class.getName());

    private final HttpServer server;
    private final Site site;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService listeners =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private final CountDownLatch closed = new CountDownLatch(1);

    private HttpFront(HttpServer server, Site site) {
        this.server = server;
        this.site = site;
    }

    /** What stands behind the front. */
    interface Site {
        /** Says what a request is to lead to. Must not act yet. */
        Call route(Request request);
    }

    /** What a request leads to, and what is to go wrong with it. */
    record Call(Optional<Fault> fault, Action action) {}

    /** Acts, and answers. */
    interface Action {
        Answer act() throws IOException;
    }

    /** A request, read wholly. {@code segments} are the path's parts, each decoded once. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never kept
    record Request(String method, List<String> segments, Map<String, String> query, Headers headers, byte[] body) {

        Optional<String> header(String name) {
            return Optional.ofNullable(headers.getFirst(name));
        }

        /** The fields of a form body, empty for any other body. */
        Map<String, String> form() {
            boolean form = header("Content-Type").orElse("").startsWith("application/x-www-form-urlencoded");
            return form ? fields(new String(body, StandardCharsets.UTF_8)) : Map.of();
        }

        static Map<String, String> fields(@Nullable String encoded) {
            Map<String, String> fields = new LinkedHashMap<>();
            if (encoded == null || encoded.isEmpty()) {
                return fields;
            }
            for (String field : encoded.split("&", -1)) {
                int equals = field.indexOf('=');
                String name = equals < 0 ? field : field.substring(0, equals);
                String value = equals < 0 ? "" : field.substring(equals + 1);
                fields.put(decode(name), decode(value));
            }
            return fields;
        }

        private static String decode(String encoded) {
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        }
    }

    /** An answer, written wholly. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never kept
    record Answer(int status, Map<String, String> headers, byte[] body) {
        static Answer text(int status, String text) {
            return new Answer(
                    status, Map.of("Content-Type", "text/plain;charset=utf-8"), text.getBytes(StandardCharsets.UTF_8));
        }

        static Answer json(int status, JsonNode json) {
            return new Answer(
                    status,
                    Map.of("Content-Type", "application/json;charset=utf-8"),
                    json.toString().getBytes(StandardCharsets.UTF_8));
        }

        static Answer empty(int status) {
            return new Answer(status, Map.of(), new byte[0]);
        }

        Answer with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Answer(status, more, body);
        }

        Answer without(String name) {
            Map<String, String> fewer = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            fewer.putAll(headers);
            fewer.remove(name);
            return new Answer(status, fewer, body);
        }
    }

    /**
     * Listens on 127.0.0.1.
     *
     * @throws IllegalStateException if the port is taken
     */
    static HttpFront start(int port, String purpose, Site site) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
            HttpFront front = new HttpFront(server, site);
            server.setExecutor(front.threads);
            server.createContext("/", front::serve);
            server.start();
            return front;
        } catch (java.net.BindException e) {
            throw new IllegalStateException(purpose + " port " + port + " of 127.0.0.1 is taken", e);
        } catch (IOException e) {
            throw new UncheckedIOException(purpose + " cannot listen", e);
        }
    }

    /** The address, without a slash at the end. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Runs work beside the requests, one after the other in the order of the calls; what it throws is logged. */
    void later(Runnable work) {
        listeners.execute(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                log.log(System.Logger.Level.ERROR, "a listener failed", e);
            }
        });
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
        listeners.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Call call = site.route(read(exchange));
            Optional<Fault> fault = call.fault();
            if (fault.isPresent()) {
                enact(fault.get(), call.action(), exchange);
                return;
            }
            write(exchange, call.action().act());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.log(System.Logger.Level.ERROR, exchange.getRequestMethod() + " " + exchange.getRequestURI(), e);
            throw e;
        }
    }

    private void enact(Fault fault, Action action, HttpExchange exchange) throws IOException, InterruptedException {
        switch (fault) {
            case Fault.Refuse refuse -> write(exchange, answer(refuse.status(), refuse.body(), refuse.headers()));
            case Fault.ActThenRefuse refuse -> {
                action.act();
                write(exchange, answer(refuse.status(), refuse.body(), refuse.headers()));
            }
            case Fault.Delay delay -> {
                if (!closed.await(delay.by().toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    write(exchange, action.act());
                }
            }
            case Fault.Silence _ -> closed.await();
            case Fault.ActThenStall _ -> {
                Answer answer = action.act();
                answer.headers().forEach(exchange.getResponseHeaders()::set);
                exchange.sendResponseHeaders(answer.status(), answer.body().length + 1L);
                exchange.getResponseBody().flush();
                closed.await();
            }
            case Fault.Drop _ -> exchange.close();
            case Fault.ActThenDrop _ -> action.act();
            case Fault.LoseHeader lost -> write(exchange, action.act().without(lost.name()));
        }
    }

    private static Answer answer(int status, String body, Map<String, String> headers) {
        Answer answer = Answer.text(status, body);
        for (Map.Entry<String, String> header : headers.entrySet()) {
            answer = answer.with(header.getKey(), header.getValue());
        }
        return answer;
    }

    private static Request read(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        List<String> segments = new ArrayList<>();
        for (String segment : uri.getRawPath().split("/", -1)) {
            if (!segment.isEmpty()) {
                // In a path a plus is a plus.
                segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
            }
        }
        return new Request(
                exchange.getRequestMethod(),
                List.copyOf(segments),
                Request.fields(uri.getRawQuery()),
                exchange.getRequestHeaders(),
                exchange.getRequestBody().readAllBytes());
    }

    private static void write(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        boolean bodiless =
                answer.body().length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : answer.body().length);
        if (!bodiless) {
            exchange.getResponseBody().write(answer.body());
        }
    }
}
