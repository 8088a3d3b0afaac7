package dev.tiphys.gateway.delivery;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request of a sender, as it came.
 *
 * @param headers by name in lower case
 * @param body the raw bytes, which are what is signed; not copied
 * @param receivedAt when the last byte had come
 */
@SuppressWarnings("ArrayRecordComponent") // Deliveries are never compared, and 25 MiB are not copied.
public record Delivery(String endpoint, Map<String, String> headers, byte[] body, Instant receivedAt) {
    public Delivery {
        headers = Map.copyOf(headers);
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
