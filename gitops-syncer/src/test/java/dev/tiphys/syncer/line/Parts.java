package dev.tiphys.syncer.line;

import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.EmbeddedDatabase;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A real broker and a real database for the syncer under test, and the cluster that the suite names. */
public final class Parts implements QuarkusTestResourceLifecycleManager {
    private TestCluster.Kind kind = TestCluster.Kind.SANDBOX;
    /** The parts of the suite that runs: one at a time. */
    private static volatile Parts running;

    private Path directory;
    private EmbeddedBroker broker;
    private EmbeddedDatabase database;
    private TestCluster cluster;

    @Override
    public void init(Map<String, String> arguments) {
        kind = TestCluster.Kind.valueOf(arguments.get("cluster"));
    }

    @Override
    public Map<String, String> start() {
        try {
            directory = Files.createTempDirectory("syncer-line");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
        database = EmbeddedDatabase.start(directory.resolve("database"), 0);
        running = this;
        cluster = TestCluster.start(kind, directory.resolve("cluster"));
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap.servers", broker.bootstrapServers());
        settings.put("tiphys.jdbc-url", database.jdbcUrl("tiphys"));
        settings.put("tiphys.jdbc-user", database.user());
        settings.put("tiphys.jdbc-password", database.password());
        settings.put("tiphys.http.token", "test-token");
        settings.put("tiphys.syncer.kubeconfig", cluster.kubeconfig().toString());
        settings.put("tiphys.syncer.git.directory", directory.resolve("mirrors").toString());
        return settings;
    }

    /** Runs something while the broker is away. */
    static void withoutBroker(Runnable work) {
        int port = running.broker.port();
        running.broker.close();
        try {
            work.run();
        } finally {
            running.broker = EmbeddedBroker.start(running.directory.resolve("broker"), port);
        }
    }

    /** Runs something while the database is away. */
    static void withoutDatabase(Runnable work) {
        int port = running.database.port();
        running.database.close();
        try {
            work.run();
        } finally {
            running.database = EmbeddedDatabase.start(running.directory.resolve("database"), port);
        }
    }

    @Override
    public void stop() {
        if (cluster != null) {
            cluster.close();
        }
        if (database != null) {
            database.close();
        }
        if (broker != null) {
            broker.close();
        }
    }
}
