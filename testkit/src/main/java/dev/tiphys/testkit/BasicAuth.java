package dev.tiphys.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/** A user and a password, as HTTP's Basic scheme carries them. */
record BasicAuth(String user, String password) {

    /** Whether an {@code Authorization} header carries them. */
    boolean opens(Optional<String> header) {
        String wanted =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return header.filter(given -> MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    @Override
    public String toString() {
        return user + ":***";
    }
}
