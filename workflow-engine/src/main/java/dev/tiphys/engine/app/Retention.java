package dev.tiphys.engine.app;

import dev.tiphys.contracts.Topic;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Takes out what ended longer ago than is kept, in small bites and by one replica at a time: finished runs with their facts
 * and logs, and events that are decided. What is not finished or not decided stays, however old it is.
 */
@Singleton
final class Retention {
    private static final Logger log = Logger.getLogger(Retention.class);
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final Duration LEAST = Topic.EVENTS.retention().orElseThrow();
    private static final int BITE = 500;
    private static final int MOST_BITES = 200;

    /** Any number that nobody else takes: the letters of "engine". */
    private static final long LOCK = 0x656e67696e65L;

    /** A retry that comes at this moment waits for the row and then finds no run, or it came first and the run stays. */
    private static final String RUNS = """
            with old as (select id from engine.run where finished_at < ? order by finished_at limit ?
                    for update skip locked),
                facts as (delete from engine.fact f using old where f.run_id = old.id),
                logs as (delete from engine.step_log l using old where l.run_id = old.id)
            delete from engine.run r using old where r.id = old.id""";

    private static final String EVENTS = """
            with old as (select id from engine.event where decided_at < ? order by decided_at limit ?
                    for update skip locked)
            delete from engine.event e using old where e.id = old.id""";

    private final javax.sql.DataSource source;
    private final Clock clock;
    private final Duration kept;
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("engine-retention").factory());

    @Inject
    Retention(
            @DataSource("engine") AgroalDataSource source,
            Clock clock,
            @ConfigProperty(name = "tiphys.engine.keep", defaultValue = "30d") Duration kept) {
        this((javax.sql.DataSource) source, clock, kept);
    }

    /** For a database that no container manages. */
    Retention(javax.sql.DataSource source, Clock clock, Duration kept) {
        if (kept.compareTo(LEAST) <= 0) {
            throw new IllegalArgumentException("tiphys.engine.keep is " + kept + ": it must be more than the " + LEAST
                    + " that the log keeps events, or one that is read again would start its runs again");
        }
        this.source = source;
        this.clock = clock;
        this.kept = kept;
    }

    void start(@Observes StartupEvent event) {
        var _ = rounds.scheduleWithFixedDelay(this::surely, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        rounds.shutdownNow();
    }

    private void surely() {
        try {
            round();
        } catch (SQLException e) {
            log.warnf("what is too old is taken out later: %s", e.getMessage());
        } catch (RuntimeException | Error e) {
            // One that came through would end the rounds for good.
            log.error("what is too old could not be taken out", e);
        }
    }

    /** Takes out what is too old now; what is left after a round is for the next one. */
    void round() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            try (var locked = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
                if (!locked.next() || !locked.getBoolean(1)) {
                    return;
                }
            }
            try {
                Instant oldest = clock.instant().minus(kept);
                long runs = inBites(connection, RUNS, oldest);
                long events = inBites(connection, EVENTS, oldest);
                if (runs + events > 0) {
                    log.infof("%d runs and %d events ended longer than %s ago and were taken out", runs, events, kept);
                }
            } finally {
                statement.execute("select pg_advisory_unlock(" + LOCK + ")");
            }
        }
    }

    private static long inBites(Connection connection, String delete, Instant oldest) throws SQLException {
        long all = 0;
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            statement.setObject(1, oldest.atOffset(ZoneOffset.UTC));
            statement.setInt(2, BITE);
            for (int bite = 0; bite < MOST_BITES; bite++) {
                int gone = statement.executeUpdate();
                all += gone;
                if (gone < BITE) {
                    break;
                }
            }
        }
        return all;
    }
}
