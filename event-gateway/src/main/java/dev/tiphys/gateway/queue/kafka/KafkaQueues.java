package dev.tiphys.gateway.queue.kafka;

import dev.tiphys.contracts.definition.Queue.Transport.Kafka;
import dev.tiphys.gateway.queue.MessageDesk;
import dev.tiphys.gateway.queue.Pace;
import dev.tiphys.gateway.queue.QueueWatch;
import dev.tiphys.gateway.queue.QueueWatches;
import dev.tiphys.gateway.queue.Roster;
import dev.tiphys.gateway.queue.Subscription;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsSnapshot;
import dev.tiphys.platform.secret.Secrets;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;

/** The topics of other Kafka clusters that the definitions name. */
@Singleton
final class KafkaQueues {
    /** A failed record holds its partition up, so it is not tried for long. */
    private static final Pace RETRY = new Pace(Duration.ofMillis(500), Duration.ofSeconds(30));

    private static final Pace PROBE = new Pace(Duration.ofMillis(500), Duration.ofSeconds(15));

    private final Definitions definitions;
    private final MessageDesk desk;
    private final QueueWatches watches;
    private final Secrets secrets;
    private final Clock clock;
    private final Roster roster = new Roster(this::open, Executors.newVirtualThreadPerTaskExecutor());

    KafkaQueues(Definitions definitions, MessageDesk desk, QueueWatches watches, Secrets secrets, Clock clock) {
        this.definitions = definitions;
        this.desk = desk;
        this.watches = watches;
        this.secrets = secrets;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        definitions.onChange(this::follow);
    }

    void stop(@Observes ShutdownEvent event) {
        roster.close();
    }

    private void follow(DefinitionsSnapshot snapshot) {
        roster.follow(Subscription.of(snapshot.all()).stream()
                .filter(queue -> queue.transport() instanceof Kafka)
                .toList());
    }

    private Roster.Reader open(Subscription subscription) {
        QueueWatch watch = watches.over(subscription);
        Roster.Reader reader = subscription.transport() instanceof Kafka kafka
                ? new KafkaReader(subscription, kafka, secrets, desk, watch, RETRY, PROBE, clock)
                : () -> {};
        return () -> {
            reader.close();
            watches.ended(subscription.name(), watch);
        };
    }
}
