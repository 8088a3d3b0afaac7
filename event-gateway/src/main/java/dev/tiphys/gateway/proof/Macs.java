package dev.tiphys.gateway.proof;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keyed digests, ready for use: making and keying a {@link Mac} costs more than most bodies do. Deliveries are judged on
 * threads that live for one delivery, so the digests are kept beside the secret and not beside the thread. Thread-safe.
 */
final class Macs {
    /** The present secret, the previous one, and one more while they change. */
    private static final int KEPT = 3;

    private static final int SLOTS = 16;

    private final String algorithm;
    private volatile Keyed[] keyed = {};

    /** @param algorithm a name that every Java knows, for example {@code HmacSHA256} */
    Macs(String algorithm) {
        this.algorithm = algorithm;
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by hand, and never left.
    private record Keyed(byte[] secret, AtomicReferenceArray<@Nullable Mac> free) {}

    /** {@return the digest of the parts, one after the other} */
    byte[] digest(byte[] secret, byte[]... parts) {
        AtomicReferenceArray<@Nullable Mac> free = keyed(secret).free();
        int slot = (int) (Thread.currentThread().threadId() & (SLOTS - 1));
        Mac mac = free.getAndSet(slot, null);
        if (mac == null) {
            mac = made(secret);
        }
        for (byte[] part : parts) {
            mac.update(part);
        }
        byte[] digest = mac.doFinal();
        // Whoever had no Mac to take brings one: the last to come back is kept.
        free.set(slot, mac);
        return digest;
    }

    private Keyed keyed(byte[] secret) {
        Keyed[] known = keyed;
        for (Keyed one : known) {
            if (Arrays.equals(one.secret(), secret)) {
                return one;
            }
        }
        Keyed added = new Keyed(secret.clone(), new AtomicReferenceArray<>(SLOTS));
        Keyed[] next = Arrays.copyOf(known, Math.min(known.length + 1, KEPT));
        System.arraycopy(known, 0, next, 1, next.length - 1);
        next[0] = added;
        // Two threads that add at once lose one of both: it is made again.
        keyed = next;
        return added;
    }

    private Mac made(byte[] secret) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " is part of every Java", e);
        }
    }
}
