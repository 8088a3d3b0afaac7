package dev.tiphys.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when the process that embeds the parts is killed. */
@Tag("real")
class KilledProcessTest {
    @TempDir
    Path directory;

    @Test
    void theDatabaseEndsItsOrphanAndKeepsWhatWasCommitted() throws Exception {
        ProcessHandle orphan;
        int port;
        try (VictimProcess victim = VictimProcess.start(DatabaseVictim.class, directory)) {
            List<String> lines = Files.readAllLines(directory.resolve("data/postmaster.pid"));
            orphan = ProcessHandle.of(Long.parseLong(lines.getFirst())).orElseThrow();
            port = Integer.parseInt(lines.get(3));
            victim.kill();
        }
        assertThat(orphan.isAlive()).as("a server outlives its killed parent").isTrue();

        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory, port)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(rows(database)).isEqualTo(1);
        }
    }

    @Test
    void aServerOfALivingProcessIsLeftAlone() throws Exception {
        try (VictimProcess victim = VictimProcess.start(DatabaseVictim.class, directory)) {
            assertThatThrownBy(() -> EmbeddedDatabase.start(directory, 0)).hasMessageContaining("in use");

            assertThat(victim.said()).isEqualTo("ready");
            long pid = Long.parseLong(
                    Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst());
            assertThat(ProcessHandle.of(pid)).isPresent();
        } finally {
            EmbeddedDatabase.start(directory, 0).close();
        }
    }

    @Test
    void aStrangerWithTheOrphansProcessIdIsLeftAlone() throws Exception {
        EmbeddedDatabase.start(directory, 0).close();
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(
                    directory.resolve("data/postmaster.pid"),
                    stranger.pid() + "\n" + directory.resolve("data") + "\n0\n1\n\n127.0.0.1\n");

            try (EmbeddedDatabase database = EmbeddedDatabase.start(directory, 0)) {
                assertThat(database.jdbcUrl("shop")).contains("shop");
                assertThat(stranger.isAlive()).isTrue();
            }
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void theBrokerKeepsWhatItAcknowledged() throws Exception {
        String[] said;
        try (VictimProcess victim = VictimProcess.start(BrokerVictim.class, directory)) {
            said = victim.said().split(" ", -1);
            victim.kill();
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, Integer.parseInt(said[1]));
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TopicPartition partition = new TopicPartition("events", 0);

            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                                    .partitionResult(partition)
                                    .get()
                                    .offset())
                            .isEqualTo(100));
            assertThat(admin.describeCluster().clusterId().get()).isEqualTo(said[0]);
        }
    }

    private static int rows(EmbeddedDatabase database) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl("shop"), database.user(), database.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    static final class DatabaseVictim {
        private DatabaseVictim() {}

        static void main(String[] arguments) throws Exception {
            EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]), 0);
            try (Connection connection = DriverManager.getConnection(
                            database.jdbcUrl("shop"), database.user(), database.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE t (v text)");
                statement.execute("INSERT INTO t VALUES ('kept')");
                System.out.println("ready");
                new CountDownLatch(1).await();
            }
        }
    }

    static final class BrokerVictim {
        private BrokerVictim() {}

        static void main(String[] arguments) throws Exception {
            EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]), 0);
            Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all");
            try (Admin admin = Admin.create(settings);
                    var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
                admin.createTopics(List.of(new NewTopic("events", 1, (short) 1)))
                        .all()
                        .get();
                for (int i = 0; i < 100; i++) {
                    producer.send(new ProducerRecord<>("events", "k", "v" + i)).get();
                }
                System.out.println(admin.describeCluster().clusterId().get() + " " + broker.port());
                new CountDownLatch(1).await();
            }
        }
    }
}
