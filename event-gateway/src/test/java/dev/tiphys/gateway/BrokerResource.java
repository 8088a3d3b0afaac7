package dev.tiphys.gateway;

import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.EmbeddedDatabase;
import io.micrometer.core.instrument.Metrics;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A real broker that can go away and come back, a real database, and directories for secrets and definitions. */
public final class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private static @Nullable EmbeddedBroker broker;
    private static @Nullable EmbeddedDatabase database;
    private static @Nullable Path home;

    static Path home() {
        return Objects.requireNonNull(home);
    }

    static String bootstrapServers() {
        return Objects.requireNonNull(broker).bootstrapServers();
    }

    static Connection connection() throws SQLException {
        EmbeddedDatabase started = Objects.requireNonNull(database);
        return DriverManager.getConnection(started.jdbcUrl("tiphys"), started.user(), started.password());
    }

    static void stopBroker() {
        Objects.requireNonNull(broker).close();
    }

    static void startBroker() {
        broker = EmbeddedBroker.start(
                home().resolve("broker"), Objects.requireNonNull(broker).port());
    }

    static void secret(String name, String key, String value) {
        try {
            Path file = home().resolve("secrets").resolve(name).resolve(key);
            Files.createDirectories(file.getParent());
            Files.writeString(file, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> start() {
        // Meters outlive the application that they measure, and would be taken for those of the one that starts now.
        Metrics.globalRegistry.clear();
        try {
            home = Files.createTempDirectory("gateway");
            Files.createDirectories(home().resolve("definitions"));
            broker = EmbeddedBroker.start(home().resolve("broker"), 0);
            database = EmbeddedDatabase.start(home().resolve("database"), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        EmbeddedDatabase started = Objects.requireNonNull(database);
        return Map.ofEntries(
                Map.entry("kafka.bootstrap.servers", bootstrapServers()),
                Map.entry("tiphys.jdbc-url", started.jdbcUrl("tiphys")),
                Map.entry("tiphys.jdbc-user", started.user()),
                Map.entry("tiphys.jdbc-password", started.password()),
                Map.entry("tiphys.http.token", "let-me-in"),
                Map.entry("tiphys.secrets-dir", home().resolve("secrets").toString()),
                Map.entry("tiphys.log.delivery-timeout", "4s"),
                Map.entry(
                        "tiphys.gateway.definitions-dirs",
                        home().resolve("definitions").toString()),
                Map.entry("tiphys.gateway.metrics.every", "1s"),
                Map.entry("tiphys.gateway.recovery.beat", "1s"),
                Map.entry("tiphys.gateway.queues.poll", "1s"),
                Map.entry("tiphys.gateway.queues.retry-first", "1s"),
                Map.entry("tiphys.gateway.hooks.max-body", "2M"),
                Map.entry("tiphys.gateway.hooks.max-buffered", "8M"),
                Map.entry("tiphys.gateway.hooks.patience", "2s"),
                Map.entry("tiphys.gateway.hooks.head-patience", "2s"),
                Map.entry("quarkus.http.limits.max-connections", "400"));
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
        if (database != null) {
            database.close();
        }
    }
}
