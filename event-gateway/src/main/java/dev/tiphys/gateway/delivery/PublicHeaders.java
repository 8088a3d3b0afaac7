package dev.tiphys.gateway.delivery;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The headers of a delivery that may be kept and shown: neither its proof nor anything that looks like a secret. */
public final class PublicHeaders {
    private static final Pattern CONFIDENTIAL =
            Pattern.compile(".*(authorization|signature|token|secret|password|cookie|api-?key|jwt|credential).*");

    private PublicHeaders() {}

    /** {@return them by name in lower case, sorted} */
    public static Map<String, String> of(Verifier verifier, Delivery delivery) {
        Map<String, String> headers = new TreeMap<>();
        delivery.headers().forEach((name, value) -> {
            if (!verifier.headers().contains(name)
                    && !CONFIDENTIAL.matcher(name).matches()) {
                headers.put(name, value);
            }
        });
        return headers;
    }
}
