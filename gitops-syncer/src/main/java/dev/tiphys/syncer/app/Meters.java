package dev.tiphys.syncer.app;

import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.syncer.sync.ApplicationStore.StoreUnavailable;
import dev.tiphys.syncer.sync.Decision;
import dev.tiphys.syncer.sync.StageName;
import dev.tiphys.syncer.sync.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import org.jboss.logging.Logger;

/** Counts and logs. */
@Singleton
final class Meters implements Telemetry {
    private static final Logger log = Logger.getLogger("dev.tiphys.syncer");

    private final MeterRegistry meters;

    Meters(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void refreshed(String application, String cause) {
        meters.counter("tiphys.syncer.refreshes", "cause", cause).increment();
        log.debugf("application %s asks its repository for news: %s", application, cause);
    }

    @Override
    public void ended(String application, Outcome outcome, Duration took) {
        meters.timer("tiphys.syncer.syncs", "outcome", outcome.word()).record(took);
        log.infof("sync of application %s ended after %d ms: %s", application, took.toMillis(), outcome.word());
    }

    @Override
    public void worked(StageName stage, Duration took) {
        meters.timer("tiphys.syncer.stages", "stage", stage.name().toLowerCase(Locale.ROOT))
                .record(took);
    }

    @Override
    public void unexpected(String application, Throwable error) {
        meters.counter("tiphys.syncer.errors").increment();
        if (error instanceof StoreUnavailable) {
            log.warnf("application %s waits for the database: %s", application, error.getMessage());
            return;
        }
        log.errorf(error, "application %s met an error of the syncer and tries again", application);
    }

    @Override
    public void refused(String application, Decision.Refusal refusal) {
        meters.counter("tiphys.syncer.refused", "why", refusal.why().name().toLowerCase(Locale.ROOT))
                .increment();
        log.infof("application %s refused: %s", application, refusal.detail());
    }
}
