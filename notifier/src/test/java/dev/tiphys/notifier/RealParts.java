package dev.tiphys.notifier;

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

    private @Nullable EmbeddedBroker broker;
    private @Nullable EmbeddedDatabase database;

    @Override
    public Map<String, String> start() {
        try {
            Path home = Files.createTempDirectory("notifier-test");
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
                    Map.entry("tiphys.notifier.post-every", "20ms"),
                    Map.entry("tiphys.notifier.edit-every", "20ms"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
