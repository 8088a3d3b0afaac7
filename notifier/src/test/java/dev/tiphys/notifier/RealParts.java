package dev.tiphys.notifier;

import static java.util.Objects.requireNonNull;

import dev.tiphys.testkit.EmbeddedBroker;
import dev.tiphys.testkit.EmbeddedDatabase;
import dev.tiphys.testkit.FakeSlack;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real broker, a real database and a stand-in for Slack, for the length of a test run. */
public final class RealParts implements QuarkusTestResourceLifecycleManager {
    public static final String TOKEN = "xoxb-1";

    static @Nullable FakeSlack slack;
    static @Nullable Path secrets;
    static String bootstrapServers = "";

    private static @Nullable Path home;
    private static @Nullable EmbeddedBroker broker;
    private static @Nullable EmbeddedDatabase database;

    @Override
    public Map<String, String> start() {
        try {
            home = Files.createTempDirectory("notifier-test");
            broker = EmbeddedBroker.start(home.resolve("broker"), 0);
            database = EmbeddedDatabase.start(home.resolve("database"), 0);
            slack = FakeSlack.start(0, TOKEN);
            secrets = home.resolve("secrets");
            bootstrapServers = broker.bootstrapServers();
            Files.createDirectories(secrets.resolve("slack"));
            Files.writeString(secrets.resolve("slack/token"), TOKEN);
            return Map.ofEntries(
                    Map.entry("kafka.bootstrap.servers", bootstrapServers),
                    Map.entry("tiphys.jdbc-url", database.jdbcUrl("tiphys")),
                    Map.entry("tiphys.jdbc-user", database.user()),
                    Map.entry("tiphys.jdbc-password", database.password()),
                    Map.entry("tiphys.secrets-dir", secrets.toString()),
                    Map.entry("tiphys.http.token", "people"),
                    Map.entry("tiphys.notifier.call-timeout", "1s"),
                    Map.entry("tiphys.notifier.beat", "500ms"),
                    Map.entry("tiphys.notifier.post-every", "20ms"),
                    Map.entry("tiphys.notifier.edit-every", "20ms"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs something while the broker is away. */
    static void withoutBroker(Runnable work) {
        EmbeddedBroker running = requireNonNull(broker);
        running.close();
        try {
            work.run();
        } finally {
            broker = EmbeddedBroker.start(requireNonNull(home).resolve("broker"), running.port());
        }
    }

    /** Runs something while the database is away. */
    static void withoutDatabase(Runnable work) {
        EmbeddedDatabase running = requireNonNull(database);
        running.close();
        try {
            work.run();
        } finally {
            database = EmbeddedDatabase.start(requireNonNull(home).resolve("database"), running.port());
        }
    }

    @Override
    public void stop() {
        if (slack != null) {
            slack.close();
        }
        if (database != null) {
            database.close();
        }
        if (broker != null) {
            broker.close();
        }
    }
}
