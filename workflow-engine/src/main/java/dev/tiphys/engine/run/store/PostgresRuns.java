package dev.tiphys.engine.run.store;

import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.RunRules;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs in PostgreSQL. Each run belongs to one lane of this process, and a lane is one thread: it takes what waits, decides
 * about all of it, and writes it in one transaction. Other processes are kept out by the version of each run.
 */
final class PostgresRuns implements Runs, AutoCloseable {
    private final DataSource source;
    private final List<Lane> lanes;

    PostgresRuns(
            DataSource source,
            RunRules rules,
            Libraries libraries,
            InstantSource clock,
            String owner,
            int lanes,
            Supplier<? extends Collection<Aftermath>> aftermath,
            LaneMetrics metrics) {
        this.source = source;
        List<Lane> opened = new ArrayList<>();
        for (int i = 0; i < lanes; i++) {
            opened.add(new Lane(i, source, rules, libraries, clock, owner, aftermath, metrics, this));
        }
        this.lanes = List.copyOf(opened);
    }

    @Override
    public CompletableFuture<Decision> handle(String run, RunInput input, @Nullable Action action) {
        return laneOf(run).take(new Lane.Item(run, input, action, null, new CompletableFuture<>()));
    }

    @Override
    public CompletableFuture<Decision> fired(String run, String key, RunInput input) {
        return laneOf(run).take(new Lane.Item(run, input, null, key, new CompletableFuture<>()));
    }

    private Lane laneOf(String run) {
        return lanes.get(Math.floorMod(run.hashCode(), lanes.size()));
    }

    @Override
    public Optional<Run.Present> find(String run) {
        return query(
                        "select charter, progress from engine.run where id = ?",
                        rows -> RunJson.run(RunJson.charter(rows.getString(1)), rows.getString(2)),
                        run)
                .stream()
                .findFirst();
    }

    @Override
    public Optional<String> startedBy(String pipeline, String triggerKey) {
        return query(
                        "select id from engine.run where pipeline = ? and trigger_key = ?",
                        rows -> rows.getString(1),
                        pipeline,
                        triggerKey)
                .stream()
                .findFirst();
    }

    @Override
    public List<RunEvent> facts(String run) {
        Optional<Charter> charter =
                query("select charter from engine.run where id = ?", rows -> RunJson.charter(rows.getString(1)), run)
                        .stream()
                        .findFirst();
        return charter.map(known -> query(
                        "select event from engine.fact where run_id = ? order by sequence",
                        rows -> RunJson.event(known, rows.getString(1)),
                        run))
                .orElse(List.of());
    }

    private interface RowReader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> List<T> query(String sql, RowReader<T> reader, String... arguments) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 1, arguments[i]);
            }
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new RunsUnavailable("the runs cannot be read: " + e.getMessage(), e);
        }
    }

    /** Ends the lanes; inputs that are not written yet fail with {@link RunsUnavailable}. */
    @Override
    public void close() {
        lanes.forEach(Lane::close);
    }
}
