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
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Parked messages in PostgreSQL; those that were redriven are kept for a week. */
@Singleton
class PostgresParkingLot implements ParkingLot, PanacheRepositoryBase<ParkedRow, Long> {
    private static final Duration KEPT = Duration.ofDays(7);
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
    private static final TypeReference<Map<String, Attribute>> ATTRIBUTES = new TypeReference<>() {};

    @Override
    public Parked park(String queue, QueueMessage message, String reason, Instant at) {
        return transacted(() -> {
            delete("redrivenAt < ?1", at.minus(KEPT));
            getEntityManager()
                    .createNativeQuery(
                            """
                            insert into gateway.parked (queue, message_id, message_group, lane, reason, receives, sent_at,
                                received_at, parked_at, body, attributes, headers, facts)
                            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (queue, message_id) do nothing""")
                    .setParameter(1, queue)
                    .setParameter(2, storable(message.id()))
                    .setParameter(3, storable(message.group()))
                    .setParameter(4, storable(message.lane()))
                    .setParameter(5, storable(reason))
                    .setParameter(6, message.receives())
                    .setParameter(7, message.sentAt())
                    .setParameter(8, message.receivedAt())
                    .setParameter(9, at)
                    .setParameter(10, message.body())
                    .setParameter(11, Json.text(message.attributes()))
                    .setParameter(12, Json.text(message.headers()))
                    .setParameter(13, Json.text(message.facts()))
                    .executeUpdate();
            return parked(find("queue = ?1 and messageId = ?2", queue, storable(message.id()))
                    .singleResult());
        });
    }

    @Override
    public List<Parked> list(@Nullable String queue, @Nullable Long below, int limit) {
        return transacted(() -> find(
                        "redrivenAt is null and (?1 is null or queue = ?1) and id < ?2",
                        Sort.descending("id"),
                        queue,
                        below == null ? Long.MAX_VALUE : below)
                .page(0, limit)
                .list()
                .stream()
                .map(PostgresParkingLot::parked)
                .toList());
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
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\ufffd');
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
                redrivenAt == null
                        ? null
                        : new Parked.Redriven(redrivenAt, String.valueOf(row.redrivenBy), row.event));
    }

    private static <T> T read(String text, TypeReference<T> type) {
        try {
            return Json.mapper().readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a parked message cannot be read", e);
        }
    }
}
