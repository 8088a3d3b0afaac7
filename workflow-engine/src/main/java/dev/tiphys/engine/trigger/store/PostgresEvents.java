package dev.tiphys.engine.trigger.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.trigger.EventLog;
import dev.tiphys.engine.trigger.EventViews;
import dev.tiphys.engine.trigger.Ruling;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Events and decisions in PostgreSQL. */
@Singleton
final class PostgresEvents implements EventLog, EventViews, PanacheRepositoryBase<EventRow, String> {
    private static final String WRITE = """
            insert into engine.event (id, arrived_at, endpoint, type, repository, revision, ref, author, event, decisions,
                decided_at, attempts, again_at)
            values (?, ?::timestamptz, ?, ?, ?, ?, ?, ?, ?, ?, ?::timestamptz, ?, ?::timestamptz)
            on conflict (id) do update set decisions = excluded.decisions, decided_at = excluded.decided_at,
                attempts = excluded.attempts, again_at = excluded.again_at
            where event.decided_at is null""";

    private final AgroalDataSource source;

    PostgresEvents(@DataSource("engine") AgroalDataSource source) {
        this.source = source;
    }

    @Override
    public boolean isDecided(String event) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement("select 1 from engine.event where id = ?")) {
            statement.setString(1, event);
            try (ResultSet rows = statement.executeQuery()) {
                // An undecided one is known as well: it is tried again by itself.
                return rows.next();
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    @Override
    public void decided(CloudEvent<ExternalEvent> event, List<Ruling> rulings, Instant at) {
        write(event, rulings, at, 0, null);
    }

    @Override
    public void undecided(CloudEvent<ExternalEvent> event, List<Ruling> rulings, int attempts, Instant again) {
        write(event, rulings, null, attempts, again);
    }

    private void write(
            CloudEvent<ExternalEvent> event,
            List<Ruling> rulings,
            @Nullable Instant decidedAt,
            int attempts,
            @Nullable Instant again) {
        ExternalEvent data = event.data();
        GitChange git = data.git();
        @Nullable
        Object[] row = {
            event.id(),
            event.time().toString(),
            shown(data.endpoint()),
            shown(data.type()),
            git == null ? null : shown(git.repository()),
            git == null ? null : shown(git.revision()),
            git == null ? null : shown(git.ref()),
            git == null ? null : shown(git.author()),
            Json.text(Map.of(
                    "source", event.source(), "time", event.time(), "causality", event.causality(), "data", data)),
            Json.text(rulings),
            decidedAt == null ? null : decidedAt.toString(),
            attempts,
            again == null ? null : again.toString()
        };
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(WRITE)) {
            for (int i = 0; i < row.length; i++) {
                statement.setObject(i + 1, row[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** PostgreSQL keeps every character but this one; the event itself is JSON, where it is escaped. */
    private static @Nullable String shown(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }

    @Override
    public List<Pending> take(Instant due, Instant taken, int limit, Collection<String> busy) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement("""
                        update engine.event e set again_at = ?::timestamptz
                        from (select id from engine.event where decided_at is null and again_at <= ?::timestamptz
                                and id in (select distinct on (repository) id from engine.event
                                    where decided_at is null and again_at <= ?::timestamptz
                                        and coalesce(repository, '') <> all (?::text[])
                                    order by repository, again_at, id)
                            order by again_at limit ? for update skip locked) x
                        where e.id = x.id returning e.id, e.event, e.attempts""")) {
            statement.setString(1, taken.toString());
            statement.setString(2, due.toString());
            statement.setString(3, due.toString());
            statement.setArray(4, connection.createArrayOf("text", busy.toArray()));
            statement.setInt(5, limit);
            List<Pending> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new Pending(event(rows.getString(1), rows.getString(2)), rows.getInt(3), null));
                }
            }
            found.sort(java.util.Comparator.comparing(pending -> pending.event().time()));
            return found;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static CloudEvent<ExternalEvent> event(String id, String text) {
        try {
            JsonNode stored = Json.mapper().readTree(text);
            return new CloudEvent<>(
                    id,
                    stored.path("source").asText(),
                    null,
                    Instant.parse(stored.path("time").asText()),
                    Json.mapper().treeToValue(stored.path("causality"), Causality.class),
                    Json.mapper().treeToValue(stored.path("data"), ExternalEvent.class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored event " + id + " cannot be read", e);
        }
    }

    @Override
    public Optional<EventView> find(String event) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> findByIdOptional(event))
                .map(EventRow::view);
    }

    @Override
    public List<EventView> list(int limit, @Nullable String after) {
        Sort newestFirst = Sort.descending("arrivedAt", "id");
        return QuarkusTransaction.joiningExisting().call(() -> {
            EventRow last = after == null ? null : findById(after);
            List<EventRow> rows = last == null
                    ? findAll(newestFirst).page(0, limit).list()
                    : find("(arrivedAt, id) < (?1, ?2)", newestFirst, last.arrivedAt, last.id)
                            .page(0, limit)
                            .list();
            return rows.stream().map(EventRow::view).toList();
        });
    }

    @Override
    public Optional<CloudEvent<ExternalEvent>> whole(String event) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select event from engine.event where id = ?")) {
            statement.setString(1, event);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(event(event, rows.getString(1))) : Optional.empty();
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    @Override
    public Optional<List<Ruling>> trace(String event) {
        return QuarkusTransaction.joiningExisting()
                .call(() -> findByIdOptional(event))
                .map(row -> rulings(row.decisions));
    }

    private static List<Ruling> rulings(String text) {
        try {
            return List.of(Json.mapper().readValue(text, Ruling[].class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored decisions cannot be read", e);
        }
    }

    /** What the database refuses because of what it is (class 22) is not waited for: it never gets better. */
    private static RuntimeException unavailable(SQLException e) {
        if (e.getSQLState() != null && e.getSQLState().startsWith("22")) {
            return new IllegalStateException("the database cannot hold the event: " + e.getMessage(), e);
        }
        return new RunsUnavailable("the events cannot be reached: " + e.getMessage(), e);
    }
}
