package dev.tiphys.engine.story;

import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.EmbeddedDatabase;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A real broker and a real database that a test stops and starts again: its field of the type {@link Consumer} is given {@code
 * stop} and {@code start} of {@code database} and {@code broker}.
 */
public final class OutageParts implements QuarkusTestResourceLifecycleManager {
    private Path directory;
    private EmbeddedBroker broker;
    private EmbeddedDatabase database;

    @Override
    public Map<String, String> start() {
        try {
            directory = Files.createTempDirectory("engine-outage");
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
    public void inject(TestInjector injector) {
        Consumer<String> hand = this::handle;
        injector.injectIntoFields(hand, new TestInjector.MatchesType(Consumer.class));
    }

    private void handle(String command) {
        switch (command) {
            case "stop database" -> database.close();
            case "start database" -> database = EmbeddedDatabase.start(directory.resolve("database"), database.port());
            case "stop broker" -> broker.close();
            case "start broker" -> broker = EmbeddedBroker.start(directory.resolve("broker"), broker.port());
            default -> throw new IllegalArgumentException(command);
        }
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
