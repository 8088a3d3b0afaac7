package dev.tiphys.gateway.delivery;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request of a sender, as it came.
 *
 * @param endpoint the endpoint's name
 * @param method in capital letters
 * @param rest what stands behind the endpoint's address, without a slash before it; empty for nothing. It may be a proof
 * @param query the raw query; empty for none
 * @param headers by name in lower case
 * @param body the raw bytes, which are what is signed; not copied
 * @param receivedAt when the last byte had come
 */
@SuppressWarnings("ArrayRecordComponent") // Deliveries are never compared, and 25 MiB are not copied.
public record Delivery(
        String endpoint,
        String method,
        String rest,
        String query,
        Map<String, String> headers,
        byte[] body,
        Instant receivedAt) {
    public Delivery {
        headers = Map.copyOf(headers);
    }

    /** A POST to the endpoint's own address. */
    public Delivery(String endpoint, Map<String, String> headers, byte[] body, Instant receivedAt) {
        this(endpoint, "POST", "", "", headers, body, receivedAt);
    }

    /** {@return a header by its name in lower case; empty if it is missing or blank} */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** {@return whether a content type is JSON, or not said at all} */
    public static boolean isJson(@Nullable String contentType) {
        if (contentType == null || contentType.isBlank()) {
            return true;
        }
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
    }
}
