package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.sync.SyncFact.Outcome;
import java.time.Duration;

/** Hears what people who run the syncer want to count. */
public interface Telemetry {

    /** An application asked its repository for news. */
    void refreshed(String application, String cause);

    /** A sync ended. */
    void ended(String application, Outcome outcome, Duration took);

    /** A stage was worked at. */
    void worked(StageName stage, Duration took);

    /** Something went wrong that should not; the application tries again later. */
    void unexpected(String application, Throwable error);

    /** An input was refused. */
    void refused(String application, Decision.Refusal refusal);
}
