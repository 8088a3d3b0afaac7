package dev.tiphys.engine.work.jenkins;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition.JenkinsServer;
import dev.tiphys.platform.call.HttpCall;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Speaks to one Jenkins as one user. Follows no redirect: whatever address Jenkins gives, questions go to the address of
 * the definition. API tokens need no crumb.
 */
final class JenkinsClient {
    private static final int MAX_BODY = 4 * 1024 * 1024;

    private final HttpClient http;
    private final Duration patience;
    private final String name;
    private final String base;
    private final String authorization;

    /**
     * @param patience for one whole answer
     * @throws JenkinsRefusal if the server's address is none
     */
    JenkinsClient(HttpClient http, Duration patience, JenkinsServer server, String token) throws JenkinsRefusal {
        this.http = http;
        this.patience = patience;
        this.name = server.name();
        this.base = server.url().endsWith("/") ? server.url() : server.url() + "/";
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((server.user() + ":" + token).getBytes(UTF_8));
        if (!base.startsWith("http://") && !base.startsWith("https://")) {
            throw new JenkinsRefusal("JenkinsServer " + name + ": its url must begin with http:// or https://");
        }
    }

    /** {@return the path of a job below the server's address, each part of its name escaped once more} */
    static String jobPath(String job) {
        return java.util.Arrays.stream(job.split("/", -1))
                .filter(part -> !part.isEmpty())
                .map(part -> "job/" + escape(part) + "/")
                .collect(Collectors.joining());
    }

    /** {@return the address of a page for people} */
    String link(String path) {
        return base + path;
    }

    /**
     * {@return the JSON at a path; missing if there is nothing}
     *
     * @throws JenkinsRefusal if we may not see it
     */
    JsonNode json(String path, String tree) throws JenkinsAway, JenkinsRefusal, InterruptedException {
        JenkinsAnswer answer = get(path + "api/json?tree=" + escape(tree));
        if (answer.status() == 404) {
            return MissingNode.getInstance();
        }
        if (!answer.isOk()) {
            throw new JenkinsAway(name + " answers " + answer.status() + " for " + path, false);
        }
        try {
            return Json.mapper().readTree(answer.body());
        } catch (IOException e) {
            throw new JenkinsAway(name + " answers something that is no JSON for " + path, false);
        }
    }

    JenkinsAnswer get(String path) throws JenkinsAway, JenkinsRefusal, InterruptedException {
        return send(request(path).GET().build());
    }

    JenkinsAnswer post(String path, Map<String, String> form) throws JenkinsAway, JenkinsRefusal, InterruptedException {
        String body = form.entrySet().stream()
                .map(field ->
                        URLEncoder.encode(field.getKey(), UTF_8) + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private HttpRequest.Builder request(String path) throws JenkinsRefusal {
        try {
            return HttpRequest.newBuilder(URI.create(base + path))
                    .header("Authorization", authorization)
                    .header("User-Agent", "tiphys");
        } catch (IllegalArgumentException e) {
            throw new JenkinsRefusal("JenkinsServer " + name + ": " + base + path + " is no address");
        }
    }

    private JenkinsAnswer send(HttpRequest request) throws JenkinsAway, JenkinsRefusal, InterruptedException {
        try {
            return permitted(HttpCall.answer(http, request, patience, JenkinsClient::read));
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new JenkinsAway(name + " cannot be reached: " + says(e), true);
        } catch (IOException e) {
            throw new JenkinsAway(name + " does not answer: " + says(e), false);
        }
    }

    private static JenkinsAnswer read(HttpResponse<InputStream> response) throws IOException {
        try (InputStream stream = response.body()) {
            byte[] body = stream.readNBytes(MAX_BODY);
            boolean whole = body.length < MAX_BODY;
            return new JenkinsAnswer(response.statusCode(), response.headers(), body, whole);
        }
    }

    private JenkinsAnswer permitted(JenkinsAnswer answer) throws JenkinsRefusal {
        return switch (answer.status()) {
            case 401 ->
                throw new JenkinsRefusal(
                        "Jenkins " + name + " does not accept the user and token of JenkinsServer " + name + " (401)");
            case 403 ->
                throw new JenkinsRefusal("Jenkins " + name + " does not permit this to the user of JenkinsServer "
                        + name + " (403); the token must be an API token");
            default -> answer;
        };
    }

    private static String says(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
