package dev.tiphys.gateway.proof;

import dev.tiphys.gateway.delivery.Delivery;

/** The header {@code Authorization}. */
final class Authorization {
    static final String HEADER = "authorization";

    private Authorization() {}

    /** {@return what stands behind the scheme; empty if it is missing or of another scheme} */
    static String of(Delivery delivery, String scheme) {
        String given = delivery.header(HEADER).orElse("");
        int length = scheme.length();
        boolean fits = given.regionMatches(/* ignoreCase= */ true, 0, scheme, 0, length)
                && given.length() > length
                && given.charAt(length) == ' ';
        return fits ? given.substring(length + 1).strip() : "";
    }
}
