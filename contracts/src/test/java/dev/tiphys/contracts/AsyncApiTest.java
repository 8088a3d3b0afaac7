package dev.tiphys.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.cloudevent.EventTypes;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The description of the topics says what the records are. */
class AsyncApiTest {
    private final JsonNode document = read();
    private final List<String> faults = new ArrayList<>();

    @Test
    void namesEveryTopicWithItsPartitionsAndItsCleanup() {
        Map<String, Topic> topics = new HashMap<>();
        Arrays.stream(Topic.values()).forEach(topic -> topics.put(topic.topicName(), topic));
        Set<String> described = new HashSet<>();
        for (JsonNode channel : document.path("channels")) {
            String address = channel.path("address").asText();
            described.add(address);
            Topic topic = topics.get(address);
            assertThat(topic).as(address).isNotNull();
            JsonNode binding = channel.path("bindings").path("kafka");
            assertThat(binding.path("partitions").asInt()).as(address).isEqualTo(topic.partitions());
            JsonNode configuration = binding.path("topicConfiguration");
            assertThat(configuration.path("cleanup.policy").get(0).asText())
                    .as(address)
                    .isEqualTo(topic.configuration().get("cleanup.policy"));
            assertThat(configuration.path("retention.ms").asText(null))
                    .as(address)
                    .isEqualTo(topic.configuration().get("retention.ms"));
            assertThat(configuration.path("max.message.bytes").asText())
                    .as(address)
                    .isEqualTo(topic.configuration().get("max.message.bytes"));
            assertThat(channel.path("description").asText()).as(address).contains("Key:");
        }
        assertThat(described).isEqualTo(topics.keySet());
    }

    @Test
    void sendsEveryTypeOnOneTopic() {
        List<String> onTopics = new ArrayList<>();
        for (JsonNode channel : document.path("channels")) {
            for (JsonNode message : channel.path("messages")) {
                JsonNode target = resolve(message);
                onTopics.add(target.path("name").asText());
            }
        }
        assertThat(onTopics)
                .containsExactlyInAnyOrderElementsOf(EventTypes.all().keySet());
    }

    @Test
    void describesEveryFieldOfEveryType() {
        EventTypes.all().forEach((type, payload) -> {
            JsonNode message = document.path("components").path("messages").path(type);
            if (message.path("summary").asText().isBlank()) {
                faults.add(type + " has no summary");
            }
            compare(type, resolve(message.path("payload")), payload);
        });
        assertThat(faults).isEmpty();
    }

    private void compare(String at, JsonNode schema, Class<?> type) {
        Map<String, RecordComponent> fields = new LinkedHashMap<>();
        Set<String> required = new HashSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
            String name = property == null || property.value().isEmpty() ? component.getName() : property.value();
            fields.put(name, component);
            if (!nullable(component.getAnnotatedType())) {
                required.add(name);
            }
        }
        Set<String> described = new HashSet<>();
        schema.path("properties").fieldNames().forEachRemaining(described::add);
        Set<String> describedRequired = new HashSet<>();
        schema.path("required").forEach(name -> describedRequired.add(name.asText()));
        if (!described.equals(fields.keySet())) {
            faults.add(at + " describes " + described + ", the record has " + fields.keySet());
            return;
        }
        if (!describedRequired.equals(required)) {
            faults.add(at + " requires " + describedRequired + ", the record requires " + required);
        }
        fields.forEach((name, component) -> compareType(
                at + "." + name,
                schema.path("properties").path(name),
                component.getGenericType(),
                nullable(component.getAnnotatedType())));
    }

    private void compareType(String at, JsonNode field, Type type, boolean nullable) {
        JsonNode schema = resolve(field);
        Class<?> raw = (Class<?>) (type instanceof ParameterizedType parameterized ? parameterized.getRawType() : type);
        if (raw == JsonNode.class) {
            return;
        }
        JsonNode word = schema.path("type");
        List<String> words = new ArrayList<>();
        if (word.isArray()) {
            word.forEach(one -> words.add(one.asText()));
        } else {
            words.add(word.asText());
        }
        List<String> expected = new ArrayList<>(List.of(wordOf(raw)));
        if (nullable && !raw.isRecord() && !raw.isEnum()) {
            expected.add("null");
        }
        if (!words.equals(expected)) {
            faults.add(at + " is described as " + words + ", the record says " + expected);
        }
        if (raw.isRecord()) {
            compare(at, schema, raw);
        } else if (raw.isEnum()) {
            List<String> described = new ArrayList<>();
            schema.path("enum").forEach(one -> described.add(one.asText()));
            List<String> constants = Arrays.stream(raw.getEnumConstants())
                    .map(constant -> Json.tree(constant).asText())
                    .toList();
            if (!described.equals(constants)) {
                faults.add(at + " may be " + described + ", the record may be " + constants);
            }
        } else if (raw == List.class) {
            compareType(at + "[]", schema.path("items"), argument(type, 0), false);
        } else if (raw == Map.class) {
            compareType(at + "{}", schema.path("additionalProperties"), argument(type, 1), false);
        }
    }

    private static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }

    private static String wordOf(Class<?> type) {
        if (type == String.class || type == Instant.class || type.isEnum()) {
            return "string";
        }
        if (type == boolean.class) {
            return "boolean";
        }
        if (type == int.class || type == long.class || type == Integer.class) {
            return "integer";
        }
        return type == List.class ? "array" : "object";
    }

    private static boolean nullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private JsonNode resolve(JsonNode node) {
        if (node.has("$ref")) {
            return resolve(document.at(node.path("$ref").asText().substring(1)));
        }
        // A reference that may be null is written as one of two.
        return node.has("oneOf") ? resolve(node.path("oneOf").get(0)) : node;
    }

    private static JsonNode read() {
        try (InputStream in = AsyncApiTest.class.getResourceAsStream("/asyncapi.yaml")) {
            return Json.tree(
                    new Load(LoadSettings.builder().setCodePointLimit(1_000_000).build()).loadFromInputStream(in));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
