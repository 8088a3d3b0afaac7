package dev.tiphys.syncer.source.git;

import dev.tiphys.syncer.source.GitRequests;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;

/** Counts and times requests to Git servers. The repository is no label: there may be thousands. */
@Singleton
final class MeteredRequests implements GitRequests {
    private final MeterRegistry meters;

    MeteredRequests(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void asked(String repository, Kind kind, boolean answered, Duration took) {
        meters.timer(
                        "tiphys.git.requests",
                        "kind",
                        kind.name().toLowerCase(Locale.ROOT),
                        "outcome",
                        answered ? "answered" : "failed")
                .record(took);
    }
}
