package dev.tiphys.platform.log;

import dev.tiphys.contracts.Topic;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Creates the topics that are missing before anyone subscribes; those that are there are left as their owner wants them. */
@Singleton
final class TopicSetup {
    /** Before the message channels start, which is at 1000. */
    private static final int BEFORE_CHANNELS = 1;

    private static final Logger log = Logger.getLogger(TopicSetup.class);

    private final String bootstrapServers;
    private final Optional<Short> replication;

    TopicSetup(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            @ConfigProperty(name = "tiphys.log.replication-factor") Optional<Short> replication) {
        this.bootstrapServers = bootstrapServers;
        this.replication = replication;
    }

    void create(@Observes @Priority(BEFORE_CHANNELS) StartupEvent event) throws InterruptedException {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        try (Admin admin = Admin.create(settings)) {
            Set<String> present = admin.listTopics().names().get();
            List<NewTopic> missing = Stream.of(Topic.values())
                    .filter(topic -> !present.contains(topic.topicName()))
                    .map(this::described)
                    .toList();
            for (var creation : admin.createTopics(missing).values().entrySet()) {
                await(creation.getKey(), creation.getValue());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the topics cannot be created at " + bootstrapServers + ": is the broker there?", e.getCause());
        }
    }

    private NewTopic described(Topic topic) {
        return new NewTopic(topic.topicName(), Optional.of(topic.partitions()), replication)
                .configs(topic.configuration());
    }

    private static void await(String topic, KafkaFuture<Void> creation)
            throws InterruptedException, ExecutionException {
        try {
            creation.get();
            log.infof("created topic %s", topic);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            log.debugf("another service created topic %s first", topic);
        }
    }
}
