package dev.tiphys.platform;

import dev.tiphys.testkit.EmbeddedBroker;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

/** A real broker for tests that start the whole platform. */
public final class BrokerResource implements QuarkusTestResourceLifecycleManager {
    public static final String TOKEN = "token-of-the-test";

    private EmbeddedBroker broker;

    @Override
    public Map<String, String> start() {
        try {
            broker = EmbeddedBroker.start(Files.createTempDirectory("platform"), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(
                "kafka.bootstrap.servers",
                broker.bootstrapServers(),
                "tiphys.http.token",
                TOKEN,
                "tiphys.http.allowed-hosts",
                "tiphys.example.com");
    }

    @Override
    public void stop() {
        broker.close();
    }
}
