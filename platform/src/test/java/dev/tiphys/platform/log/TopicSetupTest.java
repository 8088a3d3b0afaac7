package dev.tiphys.platform.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.Topic;
import dev.tiphys.testkit.EmbeddedBroker;
import io.quarkus.runtime.PreventFurtherStepsException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class TopicSetupTest {
    @TempDir
    private Path directory;

    @Test
    void createsEachTopicAsItIsDescribedAndAsOftenAsItIsAsked() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
                Admin admin = admin(broker)) {
            setup(broker.bootstrapServers()).create(null);
            setup(broker.bootstrapServers()).create(null);

            Set<String> names =
                    Set.copyOf(Stream.of(Topic.values()).map(Topic::topicName).toList());
            var described = admin.describeTopics(names).allTopicNames().get();
            for (Topic topic : Topic.values()) {
                assertThat(described.get(topic.topicName()).partitions())
                        .as(topic.topicName())
                        .hasSize(topic.partitions());
                Config config = config(admin, topic.topicName());
                topic.configuration()
                        .forEach((key, value) ->
                                assertThat(config.get(key).value()).as(key).isEqualTo(value));
                assertThat(config.get("max.message.bytes").value())
                        .isEqualTo(Integer.toString(KafkaLogWriter.LARGEST_RECORD));
            }
        }
    }

    @Test
    void leavesATopicAsItsOwnerWantsIt() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
                Admin admin = admin(broker)) {
            NewTopic own = new NewTopic("tiphys.events", 2, (short) 1).configs(Map.of("retention.ms", "3600000"));
            admin.createTopics(List.of(own)).all().get();

            setup(broker.bootstrapServers()).create(null);

            assertThat(config(admin, "tiphys.events").get("retention.ms").value())
                    .isEqualTo("3600000");
        }
    }

    @Test
    void doesNotStartOnATopicThatWouldLoseDefinitions() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
                Admin admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic("tiphys.definitions", 3, (short) 1)))
                    .all()
                    .get();

            assertThatThrownBy(() -> setup(broker.bootstrapServers()).create(null))
                    .isInstanceOf(PreventFurtherStepsException.class)
                    .hasMessageContaining("tiphys.definitions has 3 partitions and cleanup.policy delete");
        }
    }

    @Test
    void saysInOneLineThatThereIsNoBroker() throws IOException {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }

        TopicSetup setup = new TopicSetup("127.0.0.1:" + nobody, Optional.empty(), Duration.ofSeconds(1));

        assertThatThrownBy(() -> setup.create(null))
                .isInstanceOf(PreventFurtherStepsException.class)
                .hasMessageContaining("127.0.0.1:" + nobody + ", is the broker there?")
                .hasNoCause();
    }

    private static TopicSetup setup(String bootstrapServers) {
        return new TopicSetup(bootstrapServers, Optional.empty(), Duration.ofSeconds(30));
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static Config config(Admin admin, String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).all().get().get(resource);
    }
}
