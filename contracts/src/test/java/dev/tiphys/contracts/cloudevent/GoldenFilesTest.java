package dev.tiphys.contracts.cloudevent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One file for each released type, every field set. A file that has to change means a reader that breaks. */
class GoldenFilesTest {

    static Set<String> types() {
        return EventTypes.all().keySet();
    }

    @Test
    void thereIsOneForEachType() throws Exception {
        Path directory = Path.of(Objects.requireNonNull(GoldenFilesTest.class.getResource("/golden"))
                .toURI());
        try (Stream<Path> files = Files.list(directory)) {
            Set<String> names = files.map(file -> file.getFileName().toString().replaceAll("\\.json$", ""))
                    .collect(Collectors.toSet());
            assertThat(names).isEqualTo(types());
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void inStructuredModeReadsAndWritesTheSame(String type) throws IOException {
        ObjectNode golden = golden(type);
        CloudEvent<?> event = known(structured(golden));

        ProducerRecord<String, byte[]> written = CloudEventCodec.write(Topic.DEFINITIONS, "key", event);

        assertThat(Json.mapper().readTree(written.value())).isEqualTo(golden);
        assertThat(known(CloudEventCodec.read(written.headers(), written.value())))
                .isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("types")
    void inBinaryModeReadsAndWritesTheSame(String type) throws IOException {
        ObjectNode golden = golden(type);
        CloudEvent<?> event = known(structured(golden));

        ProducerRecord<String, byte[]> written = CloudEventCodec.write(Topic.EVENTS, "key", event);

        assertThat(Json.mapper().readTree(written.value())).isEqualTo(golden.path("data"));
        for (String attribute : List.of(
                "specversion",
                "id",
                "source",
                "type",
                "subject",
                "time",
                "correlationid",
                "causationid",
                "traceparent",
                "definitionsoffset")) {
            assertThat(new String(
                            written.headers().lastHeader("ce_" + attribute).value(), UTF_8))
                    .isEqualTo(golden.path(attribute).asText());
        }
        assertThat(known(CloudEventCodec.read(written.headers(), written.value())))
                .isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("types")
    void readsWithFieldsThatANewerWriterAdded(String type) throws IOException {
        ObjectNode golden = golden(type);
        golden.withObjectProperty("data").put("addedLater", true);

        assertThat(structured(golden)).isInstanceOf(Decoded.Known.class);
    }

    @Test
    void aTypeOfANewerWriterIsPassedOver() throws IOException {
        ObjectNode golden = golden("dev.tiphys.run.started.v1").put("type", "dev.tiphys.run.started.v9");

        assertThat(structured(golden)).isEqualTo(new Decoded.Unknown("dev.tiphys.run.started.v9", "5f2c9a0e"));
    }

    @Test
    void whatIsNoEventIsUnreadableAndNeverAnException() throws IOException {
        ObjectNode golden = golden("dev.tiphys.run.started.v1");
        for (String attribute : List.of("specversion", "id", "source", "type", "time", "data")) {
            ObjectNode without = golden.deepCopy();
            without.remove(attribute);
            assertThat(structured(without)).as(attribute).isInstanceOf(Decoded.Unreadable.class);
        }
        assertThat(CloudEventCodec.read(new RecordHeaders(), "nope".getBytes(UTF_8)))
                .isInstanceOf(Decoded.Unreadable.class);
        assertThat(CloudEventCodec.read(new RecordHeaders(), null)).isEqualTo(new Decoded.Deleted());
    }

    private static ObjectNode golden(String type) throws IOException {
        try (InputStream in = GoldenFilesTest.class.getResourceAsStream("/golden/" + type + ".json")) {
            JsonNode golden = Json.mapper().readTree(Objects.requireNonNull(in, type));
            return (ObjectNode) golden;
        }
    }

    private static Decoded structured(ObjectNode envelope) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("content-type", "application/cloudevents+json".getBytes(UTF_8));
        return CloudEventCodec.read(headers, Json.bytes(envelope));
    }

    private static CloudEvent<?> known(Decoded decoded) {
        assertThat(decoded).isInstanceOf(Decoded.Known.class);
        return ((Decoded.Known) decoded).event();
    }
}
