package dev.tiphys.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Tiphys a command talks to, and how. */
final class Connection {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int REDIRECT = 300;

    static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data directory of a Tiphys on this machine (default: .tiphys).")
    @Nullable
    Path data;

    @Option(names = "--server", paramLabel = "URL", description = "The address of a Tiphys elsewhere.")
    @Nullable
    URI server;

    @Option(names = "--token-file", paramLabel = "FILE", description = "A file with the bearer token.")
    @Nullable
    Path tokenFile;

    private @Nullable HttpClient http;

    /** An answer of the server. */
    record Answer(int status, String body) {
        boolean isGood() {
            return status >= OK && status < REDIRECT;
        }

        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw CommandFailed.refused("the server's answer is not JSON: is this the address of a Tiphys?");
            }
        }
    }

    /** {@return what is at the path} A missing thing and every refusal end the command with the server's words. */
    JsonNode get(String path) {
        return good(send("GET", path, null, null)).json();
    }

    /** {@return the text at the path} */
    String text(String path) {
        return good(send("GET", path, null, null)).body();
    }

    /** Posts a JSON document. */
    JsonNode post(String path, JsonNode body) {
        return good(send("POST", path, body.toString(), "application/json")).json();
    }

    /** Sends a request; refusals are the caller's to read. */
    Answer send(String method, String path, @Nullable String body, @Nullable String contentType) {
        URI target = address().resolve(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(target)
                .timeout(ANSWER_PATIENCE)
                .header("Authorization", "Bearer " + token())
                .header("Accept", "application/json, text/plain")
                .header("Tiphys-Actor", System.getProperty("user.name", "cli").replaceAll("[^A-Za-z0-9._@+ -]", "-"))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        try {
            HttpResponse<String> answer = client().send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            throw CommandFailed.noAnswer("nothing answers at " + address()
                    + ": is it running? Start it with `tiphys up`," + " or name another with --data or --server");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.noAnswer("interrupted while waiting for " + address());
        }
    }

    /** {@return the answer if it is good} */
    Answer good(Answer answer) {
        if (answer.isGood()) {
            return answer;
        }
        throw CommandFailed.refused(reason(answer));
    }

    /** {@return why the server refused, in its words where it has some} */
    String reason(Answer answer) {
        String detail = "";
        try {
            detail = JSON.readTree(answer.body()).path("detail").asText("");
        } catch (JsonProcessingException e) {
            detail = answer.body().lines().findFirst().orElse("");
        }
        if (answer.status() == 401) {
            return "the token is not the server's: name the right one with --data or --token-file";
        }
        return detail.isEmpty() ? "the server answered " + answer.status() : detail;
    }

    /** {@return the text as part of a path or query} */
    static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private URI address() {
        if (server != null) {
            if (server.getHost() == null
                    || !("http".equals(server.getScheme()) || "https".equals(server.getScheme()))) {
                throw CommandFailed.wrongUse(
                        "--server " + server + " is not an address: write http://HOST:PORT or https://HOST");
            }
            return server;
        }
        Path file = directory().resolve("address");
        try {
            return URI.create(Files.readString(file).strip());
        } catch (IOException e) {
            throw CommandFailed.noAnswer("no Tiphys has run in " + directory() + ": start one with `tiphys up`, or name"
                    + " another with --data or --server");
        }
    }

    private String token() {
        Path file = tokenFile != null ? tokenFile : directory().resolve("token");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw tokenFile != null
                    ? CommandFailed.wrongUse("the token file " + file + " cannot be read")
                    : CommandFailed.noAnswer("there is no token in " + directory()
                            + ": start Tiphys with `tiphys up`, or name one with --data or --token-file");
        }
    }

    private Path directory() {
        return data != null ? data : Path.of(".tiphys");
    }

    private HttpClient client() {
        HttpClient known = http;
        if (known == null) {
            known = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_PATIENCE)
                    .build();
            http = known;
        }
        return known;
    }
}
