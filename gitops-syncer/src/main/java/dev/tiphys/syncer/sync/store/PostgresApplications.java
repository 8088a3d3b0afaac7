package dev.tiphys.syncer.sync.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.sync.ApplicationState;
import dev.tiphys.syncer.sync.ApplicationStore;
import dev.tiphys.syncer.sync.Decision;
import dev.tiphys.syncer.sync.Trigger;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Remembers applications in PostgreSQL. The row lock of an application puts its changes one after the other. */
@Singleton
final class PostgresApplications implements ApplicationStore {
    private static final String NO_NAMESPACE = "";

    private final AgroalDataSource database;
    private final OutboxRows outbox;
    private final Clock clock;
    private final ObjectMapper json = Json.mapper().copy().addMixIn(Trigger.class, TriggerJson.class);
    private final ConcurrentHashMap<String, Set<ObjectRef>> ownership = new ConcurrentHashMap<>();

    PostgresApplications(@DataSource("syncer") AgroalDataSource database, OutboxRows outbox, Clock clock) {
        this.database = database;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** What a row holds. */
    private record Row(ApplicationState state, @Nullable String status) {}

    @Override
    public Decision change(
            String application,
            Function<ApplicationState, Decision> rules,
            Function<ApplicationState, @Nullable ApplicationStatus> view) {
        return inTransaction(connection -> {
            Row row = lock(connection, application);
            Decision decision = rules.apply(row.state());
            ApplicationStatus status = view.apply(decision.next());
            String statusText = status == null ? null : Json.text(status);
            boolean otherStatus = statusText != null && !statusText.equals(row.status());
            if (!decision.next().equals(row.state()) || otherStatus) {
                write(connection, application, decision.next(), statusText == null ? row.status() : statusText);
            }
            outbox.add(connection, application, decision.facts(), clock.instant());
            if (status != null && otherStatus) {
                outbox.addStatus(connection, status, clock.instant());
            }
            return decision;
        });
    }

    private Row lock(Connection connection, String application) throws SQLException, JsonProcessingException {
        Optional<Row> found = select(connection, application);
        if (found.isPresent()) {
            return found.get();
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into syncer.application (name, state) values (?, ?::jsonb) on conflict do nothing")) {
            insert.setString(1, application);
            insert.setString(2, json.writeValueAsString(ApplicationState.NEW));
            insert.executeUpdate();
        }
        return select(connection, application).orElseThrow();
    }

    private Optional<Row> select(Connection connection, String application)
            throws SQLException, JsonProcessingException {
        try (PreparedStatement query =
                connection.prepareStatement("select state, status from syncer.application where name = ? for update")) {
            query.setString(1, application);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next()
                        ? Optional.of(
                                new Row(json.readValue(rows.getString(1), ApplicationState.class), rows.getString(2)))
                        : Optional.empty();
            }
        }
    }

    private void write(Connection connection, String application, ApplicationState state, @Nullable String status)
            throws SQLException, JsonProcessingException {
        try (PreparedStatement update = connection.prepareStatement(
                "update syncer.application set state = ?::jsonb, status = ? where name = ?")) {
            update.setString(1, json.writeValueAsString(state));
            update.setString(2, status);
            update.setString(3, application);
            update.executeUpdate();
        }
    }

    @Override
    public ApplicationState read(String application) {
        return inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select state from syncer.application where name = ?")) {
                query.setString(1, application);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next()
                            ? json.readValue(rows.getString(1), ApplicationState.class)
                            : ApplicationState.NEW;
                }
            }
        });
    }

    @Override
    public Set<String> names() {
        return inTransaction(connection -> {
            Set<String> names = new HashSet<>();
            try (PreparedStatement query = connection.prepareStatement("select name from syncer.application");
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            return names;
        });
    }

    @Override
    public void forget(String application) {
        inTransaction(connection -> {
            for (String table : List.of("owned where application", "application where name")) {
                try (PreparedStatement delete = connection.prepareStatement("delete from syncer." + table + " = ?")) {
                    delete.setString(1, application);
                    delete.executeUpdate();
                }
            }
            outbox.addGone(connection, application);
            return true;
        });
        ownership.remove(application);
    }

    @Override
    public List<ApplicationStatus> statuses(@Nullable String after, int limit) {
        return query(() -> ApplicationRow.after(after, limit).stream()
                .flatMap(row -> status(row).stream())
                .toList());
    }

    @Override
    public Optional<ApplicationStatus> status(String application) {
        return query(() -> {
            ApplicationRow row = ApplicationRow.findById(application);
            return row == null ? Optional.empty() : status(row);
        });
    }

    private Optional<ApplicationStatus> status(ApplicationRow row) {
        try {
            return row.status == null
                    ? Optional.empty()
                    : Optional.of(json.readValue(row.status, ApplicationStatus.class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the status of " + row.name + " cannot be read", e);
        }
    }

    private static <T> T query(java.util.concurrent.Callable<T> query) {
        try {
            return QuarkusTransaction.requiringNew().call(query);
        } catch (PersistenceException e) {
            throw new StoreUnavailable("the database cannot be asked", e);
        }
    }

    @Override
    public Set<ObjectRef> owned(String application) {
        Set<ObjectRef> known = ownership.get(application);
        if (known != null) {
            return known;
        }
        Set<ObjectRef> selected = selectOwned(application);
        ownership.put(application, selected);
        return selected;
    }

    private Set<ObjectRef> selectOwned(String application) {
        return inTransaction(connection -> {
            Set<ObjectRef> owned = new HashSet<>();
            try (PreparedStatement query = connection.prepareStatement(
                    "select api_group, version, kind, namespace, name from syncer.owned where application = ?")) {
                query.setString(1, application);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        String namespace = rows.getString(4);
                        owned.add(new ObjectRef(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getString(3),
                                namespace.equals(NO_NAMESPACE) ? null : namespace,
                                rows.getString(5)));
                    }
                }
            }
            return Set.copyOf(owned);
        });
    }

    @Override
    public void own(String application, Collection<ObjectRef> objects) {
        if (owned(application).containsAll(objects)) {
            return;
        }
        batch(
                application,
                objects,
                "insert into syncer.owned (application, api_group, version, kind, namespace, name)"
                        + " values (?, ?, ?, ?, ?, ?) on conflict (application, api_group, kind, namespace, name)"
                        + " do update set version = excluded.version");
    }

    @Override
    public void disown(String application, Collection<ObjectRef> objects) {
        if (objects.isEmpty()) {
            return;
        }
        batch(
                application,
                objects,
                "delete from syncer.owned where application = ? and api_group = ? and version = ? and kind = ?"
                        + " and namespace = ? and name = ?");
    }

    private void batch(String application, Collection<ObjectRef> objects, String sql) {
        inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (ObjectRef ref : objects) {
                    statement.setString(1, application);
                    statement.setString(2, ref.group());
                    statement.setString(3, ref.version());
                    statement.setString(4, ref.kind());
                    statement.setString(5, ref.namespace() == null ? NO_NAMESPACE : ref.namespace());
                    statement.setString(6, ref.name());
                    statement.addBatch();
                }
                return statement.executeBatch().length;
            }
        });
        ownership.remove(application);
    }

    private <T> T inTransaction(Transactions.Work<T> work) {
        return Transactions.run(database, work);
    }
}
