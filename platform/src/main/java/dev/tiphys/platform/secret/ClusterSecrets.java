package dev.tiphys.platform.secret;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.platform.call.HttpCall;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Secrets of one namespace of the cluster that the service runs in, read from its API server. What was read, also that
 * there is nothing, is kept for at most five seconds: a storm of deliveries asks once, and a new value needs no restart.
 */
final class ClusterSecrets implements Secrets {
    private static final Duration KEPT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Kubernetes keeps no larger secret than 1 MiB; in the answer it stands in Base64, with what the cluster says about it. */
    private static final int MAX_BODY = 4 * 1024 * 1024;

    /** What Kubernetes allows for a name; nothing else comes into the address. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    /** A secret with all its keys; empty if there is none. */
    private record Read(long at, Map<String, byte[]> values) {}

    private final ServiceAccount account;
    private final String namespace;
    private final LongSupplier nanos;
    private final Duration patience;
    private final HttpClient http;
    private final Map<String, Read> kept = new ConcurrentHashMap<>();

    /** @param nanos a clock that only ever goes forward, in nanoseconds */
    ClusterSecrets(ServiceAccount account, String namespace, LongSupplier nanos) {
        this(account, namespace, nanos, PATIENCE);
    }

    /** @param patience for a whole answer of the API server */
    ClusterSecrets(ServiceAccount account, String namespace, LongSupplier nanos, Duration patience) {
        if (!NAME.matcher(namespace).matches()) {
            throw new IllegalArgumentException("tiphys.secrets-namespace " + namespace + " is no name of a namespace");
        }
        this.account = account;
        this.namespace = namespace;
        this.nanos = nanos;
        this.patience = patience;
        try {
            this.http = HttpClient.newBuilder()
                    .connectTimeout(patience)
                    .sslContext(account.trust())
                    .build();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the cluster's certificates in " + account.directory() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** @throws SecretsAway if the API server does not answer, or does not allow it: try again later */
    @Override
    public Optional<Secret> find(SecretRef ref) {
        if (!NAME.matcher(ref.name()).matches()) {
            return Optional.empty();
        }
        long now = nanos.getAsLong();
        kept.values().removeIf(read -> now - read.at() >= KEPT.toNanos());
        Read read = kept.computeIfAbsent(ref.name(), _ -> new Read(now, fetch(ref)));
        return Optional.ofNullable(read.values().get(ref.key())).map(value -> new Secret(ref, value));
    }

    private Map<String, byte[]> fetch(SecretRef ref) {
        String where = "namespace " + namespace + " of the cluster";
        try {
            return HttpCall.answer(http, request(ref.name()), patience, answer -> read(ref.name(), answer));
        } catch (IOException e) {
            throw new SecretsAway(ref, where, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SecretsAway(ref, where, new IOException("interrupted while reading", e));
        }
    }

    private static Map<String, byte[]> read(String name, HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            return switch (answer.statusCode()) {
                case 200 -> values(name, body.readNBytes(MAX_BODY));
                case 404 -> Map.of();
                default -> throw new IOException("the API server answered " + answer.statusCode());
            };
        }
    }

    private HttpRequest request(String name) throws IOException {
        return HttpRequest.newBuilder(account.api().resolve("/api/v1/namespaces/" + namespace + "/secrets/" + name))
                .header("Authorization", "Bearer " + account.token())
                .header("Accept", "application/json")
                .build();
    }

    private static Map<String, byte[]> values(String name, byte[] body) throws IOException {
        try {
            Map<String, byte[]> values = new HashMap<>();
            for (Map.Entry<String, JsonNode> entry :
                    Json.mapper().readTree(body).path("data").properties()) {
                values.put(
                        entry.getKey(),
                        Base64.getDecoder().decode(entry.getValue().asText()));
            }
            return values;
        } catch (JsonProcessingException | IllegalArgumentException _) {
            // Neither what was read nor where a parser stopped may be shown: it is a secret.
            throw new IOException("the API server's answer about " + name + " cannot be read");
        }
    }
}
