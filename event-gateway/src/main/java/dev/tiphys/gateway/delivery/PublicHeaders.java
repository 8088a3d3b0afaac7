package dev.tiphys.gateway.delivery;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The headers of a delivery that may be kept and shown: neither its proof nor anything that looks like a secret. */
public final class PublicHeaders {
    private static final List<String> CONFIDENTIAL = List.of(
            "authorization",
            "signature",
            "token",
            "secret",
            "password",
            "cookie",
            "api-key",
            "apikey",
            "jwt",
            "credential");

    private PublicHeaders() {}

    /** {@return them by name in lower case, sorted} */
    public static Map<String, String> of(Verifier verifier, Delivery delivery) {
        Map<String, String> headers = new TreeMap<>();
        delivery.headers().forEach((name, value) -> {
            if (!verifier.headers().contains(name) && !isConfidential(name)) {
                headers.put(name, value);
            }
        });
        return headers;
    }

    /** {@return whether what goes by this name, in lower case, may be neither kept nor shown} */
    public static boolean isConfidential(String name) {
        return CONFIDENTIAL.stream().anyMatch(name::contains);
    }
}
