package dev.tiphys.gateway.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256. */
public final class Sha256 {
    private Sha256() {}

    /** {@return the digest} */
    public static byte[] of(byte[] value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }

    /** {@return the digest of a text in UTF-8} */
    public static byte[] of(String text) {
        return of(text.getBytes(UTF_8));
    }

    /** {@return the digest of a text in UTF-8, in hex} */
    public static String hex(String text) {
        return HexFormat.of().formatHex(of(text));
    }
}
