package dev.tiphys.gateway.queue.sqs;

import dev.tiphys.contracts.definition.Queue.Transport.Sqs;
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
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The queues of SQS that the definitions name. */
@Singleton
final class SqsQueues {
    private static final Logger log = Logger.getLogger(SqsQueues.class);
    private static final Duration CLOSING = Duration.ofMillis(1_500);
    /** A queue that can be read again is read soon, however long it could not be. */
    private static final Pace AGAIN = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private static final Pace PROBE = new Pace(Duration.ofMillis(500), Duration.ofSeconds(15));

    private final Definitions definitions;
    private final MessageDesk desk;
    private final QueueWatches watches;
    private final Secrets secrets;
    private final Clock clock;
    private final SqsPolicy policy;
    private final Roster roster = new Roster(this::open, Executors.newVirtualThreadPerTaskExecutor());

    SqsQueues(
            Definitions definitions,
            MessageDesk desk,
            QueueWatches watches,
            Secrets secrets,
            Clock clock,
            @ConfigProperty(name = "tiphys.gateway.queues.poll", defaultValue = "20s") Duration poll,
            @ConfigProperty(name = "tiphys.gateway.queues.visibility", defaultValue = "120s") Duration visibility,
            @ConfigProperty(name = "tiphys.gateway.queues.in-flight", defaultValue = "50") int inFlight,
            @ConfigProperty(name = "tiphys.gateway.queues.retry-first", defaultValue = "2s") Duration first,
            @ConfigProperty(name = "tiphys.gateway.queues.retry-longest", defaultValue = "15m") Duration longest) {
        this.definitions = definitions;
        this.desk = desk;
        this.watches = watches;
        this.secrets = secrets;
        this.clock = clock;
        this.policy = new SqsPolicy(
                poll, visibility, visibility.dividedBy(2), inFlight, AGAIN, new Pace(first, longest), PROBE, CLOSING);
    }

    void start(@Observes StartupEvent event) {
        definitions.onChange(this::follow);
    }

    void stop(@Observes ShutdownEvent event) {
        roster.close();
    }

    private void follow(DefinitionsSnapshot snapshot) {
        roster.follow(Subscription.of(snapshot.all()).stream()
                .filter(queue -> queue.transport() instanceof Sqs)
                .toList());
    }

    private Roster.Reader open(Subscription subscription) {
        QueueWatch watch = watches.over(subscription);
        Roster.Reader reader = () -> {};
        if (subscription.transport() instanceof Sqs sqs) {
            try {
                SqsQueue queue = new SqsQueue(sqs, secrets, clock, policy.poll());
                reader = new SqsReader(subscription, sqs.fifo(), queue, desk, watch, policy, clock);
            } catch (RuntimeException e) {
                // An address or a region that is none: nobody else is to suffer from it.
                log.warnf("queue %s cannot be read: %s", subscription.name(), e.getMessage());
                watch.failing("it cannot be read with this definition: " + e.getMessage());
            }
        }
        Roster.Reader opened = reader;
        return () -> {
            opened.close();
            watches.ended(subscription.name(), watch);
        };
    }
}
