package dev.tiphys.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;

/** Ids of runs: 26 letters and digits that sort by the moment of the trigger, the same for the same trigger. */
public final class RunIds {
    private static final int TIME_DIGITS = 11;
    private static final int HASH_DIGITS = 15;
    private static final int RADIX = 32;

    private static final Pattern FORM = Pattern.compile("[0-9a-v]{" + (TIME_DIGITS + HASH_DIGITS) + "}");

    private RunIds() {}

    /** {@return whether a text has the form of an id, whether there is such a run or not} */
    public static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    static String of(String pipeline, String triggerKey, Instant at) {
        long micros = Math.max(0, ChronoUnit.MICROS.between(Instant.EPOCH, at));
        BigInteger hash = new BigInteger(1, digest(pipeline + "\n" + triggerKey));
        String hashText = hash.toString(RADIX);
        return padded(Long.toString(micros, RADIX)) + hashText.substring(hashText.length() - HASH_DIGITS);
    }

    private static String padded(String digits) {
        return "0".repeat(Math.max(0, TIME_DIGITS - digits.length())) + digits.toLowerCase(Locale.ROOT);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
