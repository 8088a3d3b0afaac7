package dev.tiphys.queueserver.elasticmq;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.pattern.Patterns;
import org.elasticmq.NodeAddress;
import org.elasticmq.StrictSQSLimits$;
import org.elasticmq.actor.QueueManagerActor;
import org.elasticmq.actor.queue.QueueEvent;
import org.elasticmq.persistence.sql.SqlQueuePersistenceActor;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.TheSQSRestServerBuilder;
import org.elasticmq.server.config.ElasticMQServerConfig;
import org.elasticmq.util.NowProvider;
import org.h2.Driver;
import scala.Option;
import scala.util.Either;

/** ElasticMQ on 127.0.0.1 whose messages are in a database of files; as a supplier it gives its port. */
@SuppressWarnings("try") // An interrupt breaks the end off, as it should.
public final class ElasticMq implements IntSupplier, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String database;
    private final ActorSystem system;
    private final int port;

    /**
     * Starts it. It takes requests only once every queue and message of before is there again.
     *
     * @throws IllegalStateException if the directory is in use or the port is taken
     */
    public ElasticMq(Path directory, int port) throws Exception {
        // Without a delay, so that a message is in the file before its sender is answered.
        database = "jdbc:h2:" + directory.resolve("messages") + ";WRITE_DELAY=0";
        ClassLoader loader = ElasticMq.class.getClassLoader();
        Config config = ConfigFactory.parseMap(settings(database)).withFallback(ConfigFactory.load(loader));
        ElasticMQServerConfig settings = new ElasticMQServerConfig(config);
        system = ActorSystem.create("queues", config, loader);
        try {
            ActorRef store = system.actorOf(Props.create(
                    SqlQueuePersistenceActor.class, settings.sqlQueuePersistenceConfig(), settings.baseQueues()));
            Option<ActorRef> listener = Option.apply(store);
            ActorRef queues = system.actorOf(
                    Props.create(QueueManagerActor.class, new NowProvider(), StrictSQSLimits$.MODULE$, listener));
            restore(store, queues);
            SQSRestServer server = new TheSQSRestServerBuilder(
                            Option.apply(system),
                            Option.apply(queues),
                            "127.0.0.1",
                            port,
                            new NodeAddress("http", "127.0.0.1", port, ""),
                            /* generateServerAddress= */ port == 0,
                            StrictSQSLimits$.MODULE$,
                            settings.awsRegion(),
                            settings.awsAccountId(),
                            listener,
                            settings.autoCreateQueues())
                    .start();
            this.port = server.waitUntilStarted().localAddress().getPort();
        } catch (Exception e) {
            end();
            throw e;
        }
    }

    private static Map<String, Object> settings(String database) {
        return Map.ofEntries(
                Map.entry("messages-storage.enabled", true),
                Map.entry("messages-storage.uri", database),
                Map.entry("auto-create-queues.enabled", true),
                Map.entry("aws.region", "us-east-1"),
                Map.entry("pekko.loglevel", "OFF"),
                Map.entry("pekko.stdout-loglevel", "OFF"),
                Map.entry("pekko.coordinated-shutdown.run-by-jvm-shutdown-hook", "off"),
                Map.entry("pekko.daemonic", "on"),
                // Whatever happens in here, the process is somebody else's.
                Map.entry("pekko.jvm-exit-on-fatal-error", "off"));
    }

    private static void restore(ActorRef store, ActorRef queues) throws Exception {
        Object answer;
        try {
            answer = Patterns.ask(store, new QueueEvent.Restore(queues), PATIENCE)
                    .toCompletableFuture()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("its queues could not be read in " + PATIENCE.toSeconds() + " s", e);
        }
        if (answer instanceof Either<?, ?> either && either.isLeft()) {
            throw new IllegalStateException("its queues could not be read: " + either);
        }
    }

    @Override
    public int getAsInt() {
        return port;
    }

    @Override
    public void close() throws Exception {
        // Not in order: that waits for its clients, and every message is in its file already.
        end();
    }

    private void end() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        // The server leaves its connections open, and with them the lock of the file.
        try (Connection connection = new Driver().connect(database, new Properties());
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }
}
