package dev.tiphys.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker and its controller in this process, on 127.0.0.1. It is the broker of production with one node:
 * records, offsets and topics survive {@link #close} and a kill -9 of the process.
 *
 * <p>Topics are not created on first use; create them before anything subscribes. Stop the clients before the broker,
 * so that they leave their groups: a member that vanished is waited for until its session ends. For that case the
 * broker accepts sessions from 1 s on.
 *
 * <p>Close it before its directory is deleted: a broker without its directory ends the process.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String CONTROLLER = "CONTROLLER";
    private static final String MEBIBYTE = "1048576";

    private final KafkaRaftServer server;
    private final DirectoryLock lock;
    private final int port;
    private boolean closed;

    static {
        quietLog4j();
    }

    private EmbeddedBroker(KafkaRaftServer server, DirectoryLock lock, int port) {
        this.server = server;
        this.lock = lock;
        this.port = port;
    }

    /**
     * Starts a broker; returns when it takes requests.
     *
     * @param directory where its log lives; created when absent, continued when it holds a broker's log
     * @param port where it listens, 0 for a free port
     * @throws IllegalStateException if the directory or the port is in use, or the log cannot be read; the message
     *     says which
     */
    public static EmbeddedBroker start(Path directory, int port) {
        Path home = directory.toAbsolutePath().normalize();
        DirectoryLock lock = DirectoryLock.take(home, "broker");
        try {
            int listening = Ports.orFree(port, "broker");
            Path log = home.resolve("log");
            format(log);
            KafkaRaftServer server =
                    new KafkaRaftServer(new KafkaConfig(settings(log, listening, Ports.free()), false), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(server, lock, listening);
        } catch (RuntimeException e) {
            lock.close();
            throw e instanceof IllegalStateException
                    ? e
                    : new IllegalStateException("broker in " + home + " did not start: " + e.getMessage(), e);
        }
    }

    /** Host and port for a client's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Stops the broker and leaves its directory ready for the next start; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.shutdown();
            server.awaitShutdown();
        } finally {
            lock.close();
        }
    }

    // One class of the broker logs through log4j's interface, which complains on stderr when nothing implements it.
    private static void quietLog4j() {
        boolean implemented = EmbeddedBroker.class
                        .getClassLoader()
                        .getResource("META-INF/services/org.apache.logging.log4j.spi.Provider")
                != null;
        if (!implemented && System.getProperty("log4j.provider") == null) {
            System.setProperty("log4j.provider", "org.apache.logging.log4j.simple.internal.SimpleProvider");
        }
    }

    private static void format(Path log) {
        try {
            Files.createDirectories(log);
            new Formatter()
                    .setClusterId(clusterId(log))
                    .setNodeId(1)
                    .setControllerListenerName(CONTROLLER)
                    .setMetadataLogDirectory(log.toString())
                    .addDirectory(log.toString())
                    .setIgnoreFormatted(true)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException("broker directory " + log + " cannot be written", e);
        } catch (Exception e) {
            throw new IllegalStateException("broker directory " + log + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static String clusterId(Path log) throws IOException {
        Path written = log.resolve("meta.properties");
        if (!Files.exists(written)) {
            return Uuid.randomUuid().toString();
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(written)) {
            properties.load(in);
        }
        String id = properties.getProperty("cluster.id");
        if (id == null) {
            throw new IllegalStateException(
                    "broker directory " + log + " is damaged: meta.properties has no cluster.id");
        }
        return id;
    }

    private static Map<String, String> settings(Path log, int port, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("log.dirs", log.toString());
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("auto.create.topics.enable", "false");

        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");

        // One node has nobody to wait for; without the two timeouts a start after a kill waits for the dead session.
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("broker.session.timeout.ms", "1500");
        settings.put("broker.heartbeat.interval.ms", "300");

        // Sized for a laptop: the defaults take 128 MB of heap for the cleaner and 20 MB of index for each partition.
        settings.put("log.cleaner.dedupe.buffer.size", "8388608");
        settings.put("log.index.size.max.bytes", MEBIBYTE);
        settings.put("log.segment.bytes", "67108864");
        settings.put("offsets.topic.segment.bytes", "16777216");
        settings.put("transaction.state.log.segment.bytes", "16777216");
        settings.put("metadata.log.segment.bytes", "16777216");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "2");
        return settings;
    }
}
