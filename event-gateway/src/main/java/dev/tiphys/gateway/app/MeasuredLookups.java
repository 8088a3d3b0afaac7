package dev.tiphys.gateway.app;

import dev.tiphys.gateway.intake.KnownArrivals;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Measures what is asked of the ledger before something is published. */
final class MeasuredLookups implements KnownArrivals {
    private final KnownArrivals known;
    private final Timer before;
    private final Timer never;
    private final Timer failed;

    MeasuredLookups(KnownArrivals known, MeterRegistry meters) {
        this.known = known;
        this.before = timer(meters, "known");
        this.never = timer(meters, "new");
        this.failed = timer(meters, "failed");
    }

    private static Timer timer(MeterRegistry meters, String outcome) {
        return Timer.builder("tiphys.gateway.lookup.duration")
                .description("How long the ledger took to say whether an arrival was published before")
                .tag("outcome", outcome)
                .register(meters);
    }

    @Override
    public CompletionStage<Boolean> contains(String key) {
        long begun = System.nanoTime();
        return known.contains(key)
                .whenComplete((found, failure) -> (failure != null ? failed : found ? before : never)
                        .record(System.nanoTime() - begun, TimeUnit.NANOSECONDS));
    }
}
