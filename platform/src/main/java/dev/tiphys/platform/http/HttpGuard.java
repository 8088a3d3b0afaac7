package dev.tiphys.platform.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.Json;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every address. Hooks and health are open; all else needs the bearer token. A foreign {@code Host} or {@code
 * Origin} is refused, so that a page in somebody's browser cannot reach a service on that person's machine; only health
 * answers to any host, because a cluster's probes go by the address of the pod.
 */
@Singleton
final class HttpGuard {
    /** Before every other filter. */
    private static final int FIRST = 1_000;

    private static final Set<String> OWN_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    private final byte[] token;
    private final Set<String> hosts;

    HttpGuard(
            @ConfigProperty(name = "tiphys.http.token") Optional<String> token,
            @ConfigProperty(name = "tiphys.http.token-file") Optional<Path> tokenFile,
            @ConfigProperty(name = "tiphys.http.allowed-hosts") Optional<List<String>> allowedHosts) {
        this.token = token(token, tokenFile);
        Set<String> all = new HashSet<>(OWN_HOSTS);
        allowedHosts.orElse(List.of()).forEach(host -> all.add(host.toLowerCase(Locale.ROOT)));
        this.hosts = Set.copyOf(all);
    }

    private static byte[] token(Optional<String> token, Optional<Path> file) {
        if (token.isPresent()) {
            return notBlank(token.get(), "TIPHYS_HTTP_TOKEN");
        }
        if (file.isEmpty()) {
            throw new ConfigurationException(
                    "the HTTP interface needs a bearer token: set TIPHYS_HTTP_TOKEN_FILE to a file"
                            + " that holds it, or TIPHYS_HTTP_TOKEN");
        }
        try {
            return notBlank(Files.readString(file.get()), "the token file " + file.get());
        } catch (IOException _) {
            // The cause would be reported in place of this line.
            throw new ConfigurationException("the token file " + file.get() + " cannot be read");
        }
    }

    private static byte[] notBlank(String text, String where) {
        if (text.isBlank()) {
            throw new ConfigurationException(where + " is empty: it must hold the bearer token of the HTTP interface");
        }
        return text.strip().getBytes(UTF_8);
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, FIRST);
    }

    private void check(RoutingContext context) {
        String path = context.normalizedPath();
        if (path.equals("/q/health") || path.startsWith("/q/health/")) {
            context.next();
            return;
        }
        HttpServerRequest request = context.request();
        HostAndPort authority = authority(request);
        if (authority == null || !isOwnHost(bracketed(authority.host()), request)) {
            refuse(
                    context,
                    421,
                    "the host " + (authority == null ? "" : printable(authority.host()))
                            + " is not served here; tiphys.http.allowed-hosts lists those that are");
            return;
        }
        if (!isOwnOrigin(request.getHeader(HttpHeaders.ORIGIN), authority)) {
            refuse(context, 403, "requests from pages of other origins are refused");
            return;
        }
        if (holdsNul(request.uri())) {
            refuse(context, 400, "the path and the query must not hold the character NUL (%00)");
            return;
        }
        if (path.startsWith("/hooks/")) {
            context.next();
            return;
        }
        if (!isAuthorised(request.getHeader(HttpHeaders.AUTHORIZATION))) {
            context.response().putHeader("WWW-Authenticate", "Bearer");
            refuse(context, 401, "send the header Authorization: Bearer with the service's token");
            return;
        }
        context.next();
    }

    /** What the request is for; null if it does not say, or says two things. */
    private static @Nullable HostAndPort authority(HttpServerRequest request) {
        return request.headers().getAll(HttpHeaders.HOST).size() > 1 ? null : request.authority();
    }

    /** An address that the connection really leads to is own as well: scrapers go by it, and no page can be made to. */
    private boolean isOwnHost(String host, HttpServerRequest request) {
        SocketAddress local = request.localAddress();
        return hosts.contains(host)
                || (local != null && local.hostAddress() != null && host.equals(bracketed(local.hostAddress())));
    }

    private static boolean isOwnOrigin(@Nullable String origin, HostAndPort authority) {
        if (origin == null) {
            return true;
        }
        try {
            URI page = URI.create(origin);
            int usual = "https".equalsIgnoreCase(page.getScheme()) ? 443 : 80;
            return page.getHost() != null
                    && bracketed(page.getHost()).equals(bracketed(authority.host()))
                    && portOr(usual, page.getPort()) == portOr(usual, authority.port());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** No database keeps it, and no name has it. An encoded percent sign before two zeros reads {@code %2500}. */
    private static boolean holdsNul(String uri) {
        return uri.contains("%00") || uri.indexOf('\0') >= 0;
    }

    private static int portOr(int usual, int port) {
        return port > 0 ? port : usual;
    }

    private boolean isAuthorised(@Nullable String authorization) {
        String scheme = "Bearer ";
        if (authorization == null || !authorization.regionMatches(true, 0, scheme, 0, scheme.length())) {
            return false;
        }
        byte[] given = authorization.substring(scheme.length()).strip().getBytes(UTF_8);
        return MessageDigest.isEqual(given, token);
    }

    private static String bracketed(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.contains(":") && !lower.startsWith("[") ? "[" + lower + "]" : lower;
    }

    private static String printable(String host) {
        return host.replaceAll("[^A-Za-z0-9.:_\\[\\]-]", "?");
    }

    private static void refuse(RoutingContext context, int status, String detail) {
        String title = switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            default -> "Misdirected Request";
        };
        context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(Buffer.buffer(Json.bytes(Problem.of(status, title, detail))));
    }
}
