package dev.tiphys.platform.log;

import static java.util.Objects.requireNonNull;

import dev.tiphys.contracts.Topic;
import io.quarkus.runtime.PreventFurtherStepsException;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Creates the topics that are missing before anyone subscribes; those that are there are left as their owner wants them. Only
 * a topic of definitions that would lose or disorder them is refused: it has one partition and is compacted.
 */
@Singleton
final class TopicSetup {
    /** Before the message channels start, which is at 1000. */
    private static final int BEFORE_CHANNELS = 1;

    private static final Logger log = Logger.getLogger(TopicSetup.class);

    private final String bootstrapServers;
    private final Optional<Short> replication;
    private final Duration patience;

    TopicSetup(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            @ConfigProperty(name = "tiphys.log.replication-factor") Optional<Short> replication,
            @ConfigProperty(name = "tiphys.log.start-patience", defaultValue = "30s") Duration patience) {
        this.bootstrapServers = bootstrapServers;
        this.replication = replication;
        this.patience = patience;
    }

    /** Ends the start with one readable line if the broker is not there in time. */
    void create(@Observes @Priority(BEFORE_CHANNELS) StartupEvent event) throws InterruptedException {
        int millis = Math.toIntExact(patience.toMillis());
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                millis,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Math.min(millis, 10_000),
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                500L);
        Admin admin = Admin.create(settings);
        try {
            Set<String> present = admin.listTopics().names().get();
            createMissing(admin, present);
            if (present.contains(Topic.DEFINITIONS.topicName())) {
                checkDefinitions(admin);
            }
        } catch (ExecutionException e) {
            throw new PreventFurtherStepsException(
                    "the topics cannot be created at " + bootstrapServers + ", is the broker there? "
                            + Objects.requireNonNullElse(e.getCause(), e).getMessage(),
                    1);
        } finally {
            admin.close(Duration.ofSeconds(1));
        }
    }

    private void createMissing(Admin admin, Set<String> present) throws InterruptedException, ExecutionException {
        List<NewTopic> missing = Stream.of(Topic.values())
                .filter(topic -> !present.contains(topic.topicName()))
                .map(this::described)
                .toList();
        for (var creation : admin.createTopics(missing).values().entrySet()) {
            await(creation.getKey(), creation.getValue());
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

    private static void checkDefinitions(Admin admin) throws InterruptedException, ExecutionException {
        String name = Topic.DEFINITIONS.topicName();
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        Config config = requireNonNull(
                admin.describeConfigs(List.of(resource)).all().get().get(resource));
        String policy =
                requireNonNull(config.get(TopicConfig.CLEANUP_POLICY_CONFIG)).value();
        TopicDescription description = requireNonNull(
                admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
        int partitions = description.partitions().size();
        boolean isCompacted = Arrays.asList(policy.split(",")).equals(List.of(TopicConfig.CLEANUP_POLICY_COMPACT));
        if (partitions != Topic.DEFINITIONS.partitions() || !isCompacted) {
            throw new PreventFurtherStepsException(
                    "topic " + name + " has " + partitions + " partitions and cleanup.policy " + policy
                            + ": it must have 1 and be compact, or definitions are lost; delete it, or mend it",
                    1);
        }
    }
}
