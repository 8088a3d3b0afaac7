package dev.tiphys.gateway.recovery.store;

import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.ledger.LedgerRow;
import dev.tiphys.gateway.ledger.LedgerUnavailable;
import dev.tiphys.gateway.recovery.LostDelivery;
import dev.tiphys.gateway.recovery.RecoveryBook;
import dev.tiphys.gateway.recovery.Unread;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of lost deliveries, in PostgreSQL; what arrived is read from the ledger beside it. */
@Singleton
final class PostgresRecoveries implements RecoveryBook {
    private static final Duration REMEMBERED = Duration.ofDays(14);
    private static final int LARGEST_QUESTION = 1000;
    private static final int MOST_SHOWN = 50;

    private final javax.sql.DataSource source;

    @Inject
    PostgresRecoveries(@DataSource("gateway") AgroalDataSource source) {
        this((javax.sql.DataSource) source);
    }

    /** For a database that no container manages. */
    PostgresRecoveries(javax.sql.DataSource source) {
        this.source = source;
    }

    @Override
    public Optional<Looked> take(String repository, String holder, Duration lease, Instant now, boolean evenIfNotDue) {
        List<Looked> taken = query(
                """
                insert into gateway.recovery as mine (repository, holder, lease_until, next_at, not_before)
                values (?, ?, ?, ?, ?)
                on conflict (repository) do update set holder = excluded.holder, lease_until = excluded.lease_until
                where mine.lease_until <= ? and mine.not_before <= ? and (mine.next_at <= ? or ?)
                returning looked_at, read_back_to, unread_from""",
                rows -> new Looked(instant(rows, 1), unread(instant(rows, 2), rows.getString(3))),
                repository,
                holder,
                at(now.plus(lease)),
                at(now),
                at(now),
                at(now),
                at(now),
                at(now),
                evenIfNotDue);
        return taken.stream().findFirst();
    }

    private static @Nullable Unread unread(@Nullable Instant backTo, @Nullable String from) {
        return backTo == null || from == null ? null : new Unread(backTo, from);
    }

    @Override
    public void giveBack(String repository, String holder, RoundEnd end) {
        Looked looked = end.looked();
        if (looked != null) {
            // First: then it is another's.
            remember(repository, holder, looked);
        }
        update("""
                update gateway.recovery set lease_until = to_timestamp(0), next_at = ?, not_before = ?, last_error = ?
                where repository = ? and holder = ?""", at(end.next()), at(end.notBefore()), end.error(), repository, holder);
    }

    private void remember(String repository, String holder, Looked looked) {
        Instant lookedAt = looked.at();
        Unread unread = looked.unread();
        update(
                """
                update gateway.recovery set looked_at = ?::timestamptz, read_back_to = ?::timestamptz, unread_from = ?
                where repository = ? and holder = ?""",
                lookedAt == null ? null : at(lookedAt),
                unread == null ? null : at(unread.backTo()),
                unread == null ? null : unread.from(),
                repository,
                holder);
    }

    @Override
    public Map<String, LostDelivery> lost(String repository) {
        Map<String, LostDelivery> lost = new HashMap<>();
        query("""
                select delivery, event, happened_at, state, times, last_asked_at, reason from gateway.lost_delivery
                where repository = ?""", PostgresRecoveries::lostDelivery, repository).forEach(one -> lost.put(one.delivery(), one));
        return lost;
    }

    @Override
    public void remember(String repository, Collection<LostDelivery> lost) {
        for (LostDelivery one : lost) {
            update(
                    """
                    insert into gateway.lost_delivery
                        (repository, delivery, event, happened_at, state, times, last_asked_at, reason)
                    values (?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (repository, delivery) do update set state = excluded.state, times = excluded.times,
                        last_asked_at = excluded.last_asked_at, reason = excluded.reason""",
                    repository,
                    one.delivery(),
                    one.event(),
                    at(one.happenedAt()),
                    one.state().word(),
                    one.times(),
                    at(one.lastAskedAt()),
                    one.reason());
        }
        update(
                "delete from gateway.lost_delivery where repository = ? and happened_at < now() - make_interval(secs => ?)",
                repository,
                (double) REMEMBERED.toSeconds());
    }

    @Override
    public Set<String> arrived(String endpoint, Collection<String> deliveries) {
        Set<String> found = new HashSet<>();
        List<String> all = List.copyOf(deliveries);
        for (int from = 0; from < all.size(); from += LARGEST_QUESTION) {
            List<String> some = all.subList(from, Math.min(all.size(), from + LARGEST_QUESTION));
            // What could not be kept at that moment did not arrive; its sender was told to come again.
            found.addAll(query("""
                    select delivery_id from gateway.delivery
                    where key_hash = any(?::int8[]) and endpoint = ? and delivery_id is not null
                        and verdict not in ('unavailable', 'limited')""", rows -> rows.getString(1), hashes(endpoint, some), endpoint));
        }
        found.retainAll(new HashSet<>(all));
        return found;
    }

    @Override
    public void mark(String endpoint, Collection<String> deliveries) {
        if (deliveries.isEmpty()) {
            return;
        }
        update("""
                update gateway.delivery set recovered = true
                where key_hash = any(?::int8[]) and endpoint = ? and delivery_id = any(?::text[]) and not recovered""", hashes(endpoint, deliveries), endpoint, deliveries.toArray(String[]::new));
    }

    private static Long[] hashes(String endpoint, Collection<String> deliveries) {
        return deliveries.stream()
                .map(delivery -> LedgerRow.hash(DeliveryRules.eventId(endpoint, delivery, 0)))
                .toArray(Long[]::new);
    }

    @Override
    public List<Standing> standings() {
        Map<String, List<LostDelivery>> lost = new LinkedHashMap<>();
        query(
                """
                select delivery, event, happened_at, state, times, last_asked_at, reason, repository from (
                    select *, row_number() over (partition by repository order by happened_at desc) as place
                    from gateway.lost_delivery) numbered
                where place <= ? order by happened_at desc""",
                rows -> {
                    lost.computeIfAbsent(rows.getString(8), _ -> new ArrayList<>())
                            .add(lostDelivery(rows));
                    return true;
                },
                MOST_SHOWN);
        return query(
                "select repository, looked_at, read_back_to, next_at, last_error from gateway.recovery order by repository",
                rows -> new Standing(
                        rows.getString(1),
                        instant(rows, 2),
                        instant(rows, 3),
                        Objects.requireNonNull(instant(rows, 4)),
                        rows.getString(5),
                        lost.getOrDefault(rows.getString(1), List.of())));
    }

    private static LostDelivery lostDelivery(ResultSet rows) throws SQLException {
        return new LostDelivery(
                rows.getString(1),
                rows.getString(2),
                Objects.requireNonNull(instant(rows, 3)),
                LostDelivery.State.of(rows.getString(4)),
                rows.getInt(5),
                Objects.requireNonNull(instant(rows, 6)),
                rows.getString(7));
    }

    private interface Row<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> List<T> query(String sql, Row<T> row, @Nullable Object... arguments) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = bound(connection, sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(row.read(rows));
            }
            return found;
        } catch (SQLException e) {
            throw new LedgerUnavailable("the book of lost deliveries cannot be read: " + e.getMessage(), e);
        }
    }

    private void update(String sql, @Nullable Object... arguments) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = bound(connection, sql, arguments)) {
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new LedgerUnavailable("the book of lost deliveries cannot be written: " + e.getMessage(), e);
        }
    }

    private static PreparedStatement bound(Connection connection, String sql, @Nullable Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            if (argument instanceof Long[] numbers) {
                statement.setArray(i + 1, connection.createArrayOf("int8", numbers));
            } else if (argument instanceof String[] texts) {
                statement.setArray(i + 1, connection.createArrayOf("text", texts));
            } else {
                statement.setObject(i + 1, argument);
            }
        }
        return statement;
    }

    private static OffsetDateTime at(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant instant(ResultSet rows, int column) throws SQLException {
        OffsetDateTime found = rows.getObject(column, OffsetDateTime.class);
        return found == null ? null : found.toInstant();
    }
}
