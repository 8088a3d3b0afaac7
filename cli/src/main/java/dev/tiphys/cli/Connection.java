package dev.tiphys.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which Tiphys a command talks to, and how. By {@link HttpURLConnection}, because a command lives for one request: the
 * newer client of the JDK starts threads and a TLS context first, and took more time than the rest of a command.
 */
final class Connection {
    static {
        // By default a POST whose answer breaks off is sent a second time, unasked.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    private static final int CONNECT_PATIENCE_MS = 5_000;
    private static final int ANSWER_PATIENCE_MS = 60_000;
    private static final int OK = 200;
    private static final int REDIRECT = 300;
    private static final int BAD_REQUEST = 400;

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
        HttpURLConnection request = connected(method, path, contentType, body != null);
        try {
            if (body != null) {
                try (OutputStream out = request.getOutputStream()) {
                    out.write(body.getBytes(StandardCharsets.UTF_8));
                }
            }
            int status = request.getResponseCode();
            try (InputStream in = status < BAD_REQUEST ? request.getInputStream() : request.getErrorStream()) {
                return new Answer(status, in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw CommandFailed.noAnswer(address() + " did not answer in full (" + e.getMessage()
                    + "): look whether it did what was asked before you ask again");
        }
    }

    private HttpURLConnection connected(String method, String path, @Nullable String contentType, boolean hasBody) {
        try {
            HttpURLConnection request =
                    (HttpURLConnection) address().resolve(path).toURL().openConnection();
            request.setRequestMethod(method);
            request.setConnectTimeout(CONNECT_PATIENCE_MS);
            request.setReadTimeout(ANSWER_PATIENCE_MS);
            request.setInstanceFollowRedirects(false);
            request.setDoOutput(hasBody);
            request.setRequestProperty("Authorization", "Bearer " + token());
            request.setRequestProperty("Accept", "application/json, text/plain");
            request.setRequestProperty(
                    "Tiphys-Actor", System.getProperty("user.name", "cli").replaceAll("[^A-Za-z0-9._@+ -]", "-"));
            if (contentType != null) {
                request.setRequestProperty("Content-Type", contentType);
            }
            request.connect();
            return request;
        } catch (IOException e) {
            throw CommandFailed.noAnswer("nothing answers at " + address()
                    + ": is it running? Start it with `tiphys up`, or name another with --data or --server");
        }
    }

    /** {@return the answer if it is good} */
    Answer good(Answer answer) {
        if (answer.isGood()) {
            return answer;
        }
        throw CommandFailed.refused(reason(answer) + findings(answer));
    }

    /** {@return what is wrong with which field of the request, a line each} */
    private static String findings(Answer answer) {
        StringBuilder lines = new StringBuilder();
        try {
            for (JsonNode finding : JSON.readTree(answer.body()).path("findings")) {
                lines.append("\n  ")
                        .append(finding.path("path").asText())
                        .append(": ")
                        .append(finding.path("message").asText());
            }
        } catch (JsonProcessingException e) {
            return ""; // its reason says that it is no JSON
        }
        return lines.toString();
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
}
