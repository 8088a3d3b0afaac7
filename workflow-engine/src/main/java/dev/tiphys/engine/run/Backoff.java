package dev.tiphys.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.definition.Pipeline.Retry;
import java.time.Duration;
import java.util.zip.CRC32;

/** The pause before another attempt. Its jitter follows from run, step and attempt, so that a replay gives the same. */
final class Backoff {

    private Backoff() {}

    static Duration pause(Retry retry, String run, String step, int attempt, int made) {
        double grown = (double) retry.backoff().toMillis() * Math.pow(retry.factor(), made - 1.0);
        double bounded = Math.min(grown, (double) retry.maxBackoff().toMillis());
        return Duration.ofMillis((long) (bounded * (1 - retry.jitter() * fraction(run, step, attempt))));
    }

    private static double fraction(String run, String step, int attempt) {
        CRC32 checksum = new CRC32();
        checksum.update((run + "/" + step + "/" + attempt).getBytes(UTF_8));
        return (double) checksum.getValue() / (double) (1L << 32);
    }
}
