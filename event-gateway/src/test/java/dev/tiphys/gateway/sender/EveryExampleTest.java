package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.gateway.delivery.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every payload that GitHub documents, with every node of it in a wrong form. */
@Tag("real") // Not because it starts anything, but because it takes most of a minute: the inner loop leaves it out.
class EveryExampleTest {
    /** Every node takes so many of the forms, in turns: all nodes together take all. */
    private static final int FORMS_OF_EACH = 3;

    private final Fixture github = Fixture.of("github");
    private final AtomicInteger cases = new AtomicInteger();

    @Test
    void getsAVerdict() throws IOException {
        JsonNode every;
        try (InputStream in = EveryExampleTest.class.getResourceAsStream("/github/every-example.json.gz")) {
            every = Json.mapper().readTree(new GZIPInputStream(in));
        }
        every.properties().stream()
                .flatMap(event -> IntStream.range(0, event.getValue().size())
                        .mapToObj(
                                i -> Map.entry(event.getKey(), event.getValue().get(i))))
                .toList()
                .parallelStream()
                .forEach(example -> sweep(example.getKey(), example.getValue()));
        assertThat(cases.get()).isGreaterThan(200_000);
    }

    private void sweep(String event, JsonNode example) {
        assertThat(judge(event, example.toString())).isNotNull();
        List<String> pointers = Mutations.pointers(example);
        for (int i = 0; i < pointers.size(); i++) {
            for (int form = 0; form < FORMS_OF_EACH; form++) {
                String wrong = Mutations.FORMS.get((i * FORMS_OF_EACH + form) % Mutations.FORMS.size());
                assertThat(judge(event, Mutations.replaced(example, pointers.get(i), wrong)))
                        .isNotNull();
            }
            assertThat(judge(event, Mutations.missing(example, pointers.get(i))))
                    .isNotNull();
        }
    }

    private Verdict judge(String event, String body) {
        cases.incrementAndGet();
        Map<String, String> headers = new HashMap<>(github.headers());
        headers.put("x-github-event", event);
        // Whose it is is not the question here: the repository is made this endpoint's.
        String ours = body.replaceAll("\"full_name\":\"[^\"]*\"", "\"full_name\":\"acme/shop\"");
        return github.judge(github.delivery(headers, ours.getBytes(UTF_8)));
    }
}
