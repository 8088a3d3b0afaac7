package dev.tiphys.engine.story;

import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.EmbeddedDatabase;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real broker and a real database for the engine under test. */
public final class Parts implements QuarkusTestResourceLifecycleManager {
    private EmbeddedBroker broker;
    private EmbeddedDatabase database;

    @Override
    public Map<String, String> start() {
        Path directory;
        try {
            directory = Files.createTempDirectory("engine-story");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
        database = EmbeddedDatabase.start(directory.resolve("database"), 0);
        return Map.of(
                "kafka.bootstrap.servers", broker.bootstrapServers(),
                "tiphys.jdbc-url", database.jdbcUrl("tiphys"),
                "tiphys.jdbc-user", database.user(),
                "tiphys.jdbc-password", database.password(),
                "tiphys.http.token", "test-token");
    }

    @Override
    public void stop() {
        if (database != null) {
            database.close();
        }
        if (broker != null) {
            broker.close();
        }
    }
}
