package dev.tiphys.syncer.sync.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.syncer.sync.Decision.Told;
import dev.tiphys.syncer.sync.Outbox;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Records on their way to the log, in the transaction of the state that they tell of. */
@Singleton
final class OutboxRows implements Outbox {
    private static final String SOURCE = "/tiphys/syncer";

    /** One relay at a time: any number of ours, the same in every process. */
    private static final long RELAY_LOCK = 7_236_001;

    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    private final AgroalDataSource database;

    OutboxRows(@DataSource("syncer") AgroalDataSource database) {
        this.database = database;
    }

    void add(Connection connection, String application, List<Told> facts, Instant now) throws SQLException {
        for (Told told : facts) {
            boolean action = told.fact() instanceof ActionTaken;
            String key = told.fact() instanceof ActionTaken taken ? taken.actor() : application;
            var event = new CloudEvent<>(told.id(), SOURCE, application, now, told.causality(), told.fact());
            insert(connection, CloudEventCodec.write(action ? Topic.AUDIT : Topic.SYNCS, key, event));
        }
    }

    void addStatus(Connection connection, ApplicationStatus status, Instant now) throws SQLException {
        String id = "application/" + status.name() + "/" + now;
        var event = new CloudEvent<>(id, SOURCE, status.name(), now, Causality.NONE, status);
        insert(connection, CloudEventCodec.write(Topic.APPLICATIONS, status.name(), event));
    }

    void addGone(Connection connection, String application) throws SQLException {
        insert(connection, CloudEventCodec.delete(Topic.APPLICATIONS, application));
    }

    private static void insert(Connection connection, ProducerRecord<String, byte[]> record) throws SQLException {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), UTF_8));
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into syncer.outbox (topic, key, headers, value) values (?, ?, ?, ?)")) {
            insert.setString(1, record.topic());
            insert.setString(2, record.key());
            insert.setString(3, Json.text(headers));
            insert.setString(4, record.value() == null ? null : new String(record.value(), UTF_8));
            insert.executeUpdate();
        }
    }

    @Override
    public int relay(int limit, Consumer<List<Outgoing>> send) {
        return Transactions.run(database, connection -> {
            if (!locked(connection)) {
                return 0;
            }
            List<Outgoing> oldest = oldest(connection, limit);
            if (oldest.isEmpty()) {
                return 0;
            }
            send.accept(oldest);
            forget(connection, oldest);
            return oldest.size();
        });
    }

    private static boolean locked(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("select pg_try_advisory_xact_lock(?)")) {
            lock.setLong(1, RELAY_LOCK);
            try (ResultSet rows = lock.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    private static List<Outgoing> oldest(Connection connection, int limit)
            throws SQLException, JsonProcessingException {
        List<Outgoing> oldest = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "select position, topic, key, headers, value from syncer.outbox order by position limit ?")) {
            query.setInt(1, limit);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    oldest.add(new Outgoing(
                            rows.getLong(1),
                            topic(rows.getString(2)),
                            rows.getString(3),
                            Json.mapper().readValue(rows.getString(4), HEADERS),
                            rows.getString(5)));
                }
            }
        }
        return oldest;
    }

    private static Topic topic(String name) {
        for (Topic topic : Topic.values()) {
            if (topic.topicName().equals(name)) {
                return topic;
            }
        }
        throw new IllegalStateException("there is no topic " + name);
    }

    /** By position, one by one: another transaction may have committed a lower one meanwhile. */
    private static void forget(Connection connection, List<Outgoing> sent) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from syncer.outbox where position = any (?)")) {
            delete.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", sent.stream().map(Outgoing::position).toArray()));
            delete.executeUpdate();
        }
    }
}
