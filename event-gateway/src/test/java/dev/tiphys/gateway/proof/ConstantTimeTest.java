package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long a check takes does not tell how much of the proof is right. A proof that is wrong in its first sign and one that
 * is wrong in its last are tried in turns, many times, and their distributions are compared. The same is done with a check
 * that stops at the first wrong sign, to show that the method can tell.
 */
@Tag("statistics")
class ConstantTimeTest {
    private static final int LENGTH = 4_000;
    private static final byte[] SECRET = "k".repeat(LENGTH).getBytes(UTF_8);
    private static final int SAMPLES = 3_000;
    private static final int AT_ONCE = 8;
    private static final int ROUNDS = 7;

    /** What two medians may differ by, as a share: far above the noise of a busy machine, far below the mutant's. */
    private static final double BOUND = 0.10;

    @Test
    void aTokenIsComparedInOneTimeHoweverMuchOfItIsRight() {
        assertThat(leastDifference(new TokenVerifier("x"))).isLessThan(BOUND);
    }

    @Test
    void aDigestIsComparedInOneTimeHoweverMuchOfItIsRight() {
        HmacVerifier verifier = new HmacVerifier("x", "sha512", "", HmacVerifier.Encoding.HEX);
        String right = java.util.HexFormat.of().formatHex(new Macs("HmacSHA512").digest(SECRET, new byte[0]));
        assertThat(leastDifference(verifier, right)).isLessThan(BOUND);
    }

    @Test
    void aCheckThatStopsEarlyIsFoundOut() {
        assertThat(leastDifference(new StopsEarly())).isGreaterThan(3 * BOUND);
    }

    private record StopsEarly() implements Verifier {
        @Override
        public Set<String> headers() {
            return Set.of("x");
        }

        @Override
        public boolean verifies(Delivery delivery, byte[] secret) {
            byte[] given = delivery.header("x").orElse("").getBytes(UTF_8);
            for (int i = 0; i < given.length; i++) {
                if (given[i] != secret[i]) {
                    return false;
                }
            }
            return given.length == secret.length;
        }
    }

    private static double leastDifference(Verifier verifier) {
        return leastDifference(verifier, new String(SECRET, UTF_8));
    }

    /** Noise makes one round differ; a check that leaks differs in all of them. */
    private static double leastDifference(Verifier verifier, String right) {
        Delivery early = delivery((right.charAt(0) == '0' ? "1" : "0") + right.substring(1));
        String last = right.substring(0, right.length() - 1);
        Delivery late = delivery(last + (right.endsWith("0") ? "1" : "0"));
        assertThat(verifier.verifies(delivery(right), SECRET)).isTrue();
        double least = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            least = Math.min(least, difference(verifier, early, late));
        }
        return least;
    }

    private static double difference(Verifier verifier, Delivery early, Delivery late) {
        long[] first = new long[SAMPLES];
        long[] second = new long[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            if (i % 2 == 0) {
                first[i] = time(verifier, early);
                second[i] = time(verifier, late);
            } else {
                second[i] = time(verifier, late);
                first[i] = time(verifier, early);
            }
        }
        double a = median(first);
        double b = median(second);
        return Math.abs(a - b) / Math.max(a, b);
    }

    private static long time(Verifier verifier, Delivery delivery) {
        long start = System.nanoTime();
        for (int i = 0; i < AT_ONCE; i++) {
            if (verifier.verifies(delivery, SECRET)) {
                throw new AssertionError("a wrong proof is accepted");
            }
        }
        return System.nanoTime() - start;
    }

    private static double median(long[] samples) {
        long[] sorted = samples.clone();
        Arrays.sort(sorted);
        return (double) sorted[sorted.length / 2];
    }

    private static Delivery delivery(String proof) {
        return new Delivery("a", Map.of("x", proof), new byte[0], Instant.EPOCH);
    }
}
