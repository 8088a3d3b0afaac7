package dev.tiphys.gateway.queue.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.tiphys.contracts.Json;
import dev.tiphys.gateway.queue.Parked;
import dev.tiphys.gateway.queue.ParkingLot;
import dev.tiphys.gateway.queue.QueueMessage;
import dev.tiphys.gateway.queue.QueueMessage.Attribute;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parked messages in PostgreSQL; those that were redriven are kept for a week. */
@Singleton
class PostgresParkingLot implements ParkingLot, PanacheRepositoryBase<ParkedRow, Long> {
    private static final Duration KEPT = Duration.ofDays(7);
    private static final String LISTED = """
            select one.id, one.queue, one.messageId, one.group, one.reason, one.receives,
                cast(sql('octet_length(?)', one.body) as Long), one.sentAt, one.parkedAt
            from GatewayParked one
            where one.redrivenAt is null and (:queue is null or one.queue = :queue) and one.id < :below
            order by one.id desc
            """;
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
    private static final TypeReference<Map<String, Attribute>> ATTRIBUTES = new TypeReference<>() {};

    /** If two park the same message at once, the second is told that the database is away, and finds it when it comes again. */
    @Override
    public Parked park(String queue, QueueMessage message, String reason, Instant at) {
        return transacted(() -> {
            delete("redrivenAt < ?1", at.minus(KEPT));
            Optional<ParkedRow> before = find("queue = ?1 and messageId = ?2", queue, storable(message.id()))
                    .firstResultOptional();
            if (before.isPresent()) {
                return parked(before.get());
            }
            ParkedRow row = row(queue, message, reason, at);
            persistAndFlush(row);
            return parked(row);
        });
    }

    private static ParkedRow row(String queue, QueueMessage message, String reason, Instant at) {
        String group = message.group();
        String lane = message.lane();
        ParkedRow row = new ParkedRow();
        row.queue = queue;
        row.messageId = storable(message.id());
        row.group = group == null ? null : storable(group);
        row.lane = lane == null ? null : storable(lane);
        row.reason = storable(reason);
        row.receives = message.receives();
        row.sentAt = message.sentAt();
        row.receivedAt = message.receivedAt();
        row.parkedAt = at;
        row.body = message.body();
        row.attributes = Json.text(message.attributes());
        row.headers = Json.text(message.headers());
        row.facts = Json.text(message.facts());
        return row;
    }

    /** What the messages hold is not read. */
    @Override
    public List<Parked.Listed> list(@Nullable String queue, @Nullable Long below, int limit) {
        return transacted(() -> getEntityManager()
                .createQuery(LISTED, Parked.Listed.class)
                .setParameter("queue", queue)
                .setParameter("below", below == null ? Long.MAX_VALUE : below)
                .setMaxResults(limit)
                .getResultList());
    }

    @Override
    public Map<String, Long> counts() {
        return transacted(() -> getEntityManager()
                .createQuery(
                        "select p.queue, count(p) from GatewayParked p where p.redrivenAt is null group by p.queue",
                        Object[].class)
                .getResultStream()
                .collect(Collectors.toMap(row -> (String) row[0], row -> (Long) row[1])));
    }

    @Override
    public Optional<Parked> find(long id) {
        return transacted(() -> findByIdOptional(id).map(PostgresParkingLot::parked));
    }

    @Override
    public boolean redriven(long id, Parked.Redriven how) {
        return transacted(() -> update(
                        "redrivenAt = ?1, redrivenBy = ?2, event = ?3 where id = ?4 and redrivenAt is null",
                        how.at(),
                        how.by(),
                        how.event(),
                        id)
                == 1);
    }

    @Override
    public void stays(long id, String reason) {
        transacted(() -> update("reason = ?1 where id = ?2", storable(reason), id));
    }

    @Override
    public boolean discard(long id) {
        return transacted(() -> deleteById(id));
    }

    private static <T> T transacted(Callable<T> work) {
        try {
            return QuarkusTransaction.requiringNew().call(work);
        } catch (RuntimeException e) {
            for (Throwable part = e; part != null; part = part.getCause()) {
                if (part instanceof PersistenceException || part instanceof java.sql.SQLException) {
                    throw new Unavailable("the database of parked messages cannot be reached", e);
                }
            }
            throw e;
        }
    }

    /** PostgreSQL keeps every sign in a text but one. */
    private static String storable(String text) {
        return text.replace('\0', '\ufffd');
    }

    private static Parked parked(ParkedRow row) {
        Instant redrivenAt = row.redrivenAt;
        return new Parked(
                Objects.requireNonNull(row.id),
                row.queue,
                new QueueMessage(
                        row.messageId,
                        row.body,
                        read(row.attributes, ATTRIBUTES),
                        read(row.headers, TEXTS),
                        read(row.facts, TEXTS),
                        row.group,
                        row.lane,
                        row.receives,
                        row.sentAt,
                        row.receivedAt),
                row.reason,
                row.parkedAt,
                redrivenAt == null ? null : new Parked.Redriven(redrivenAt, String.valueOf(row.redrivenBy), row.event));
    }

    private static <T> T read(String text, TypeReference<T> type) {
        try {
            return Json.mapper().readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a parked message cannot be read", e);
        }
    }
}
