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
