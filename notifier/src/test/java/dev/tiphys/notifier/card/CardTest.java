package dev.tiphys.notifier.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.RunTrigger;
import dev.tiphys.notifier.Story;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CardTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Nested
    class TheStoryAsGoldenCards {
        @Test
        void started() {
            assertGolden("started", Story.of("r-1").created().started().begins("experiment", "deploy"));
        }

        @Test
        void experimentDeployedAndJenkinsWaiting() {
            assertGolden(
                    "waiting",
                    Story.of("r-1").created().started().deploys("experiment").testBegins());
        }

        @Test
        void succeeded() {
            assertGolden("succeeded", Story.of("r-1").succeeds());
        }

        @Test
        void testFailed() {
            assertGolden("failed", Story.of("r-1").testFails());
        }

        @Test
        void stuckWithFileAndLine() {
            assertGolden("stuck", Story.of("r-1").manifestIsBroken());
        }
    }

    @Nested
    class WhatAnyoneWrote {
        private final RunTrigger hostile = new RunTrigger(
                null,
                "shop",
                "1a2b3c4d",
                "refs/heads/<!here>",
                "<!channel>",
                "<!everyone> & <https://evil.example|click> @here",
                "javascript:alert(1)",
                null);

        @Test
        void pingsNobodyAndMakesNoLink() {
            Message card = card(Story.of("r-1")
                    .created(hostile)
                    .started()
                    .ends("experiment", RunState.FAILED, "<!channel>\n<@U123> *x*", "javascript:alert(1)"));

            assertThat(card.text() + card.blocks())
                    .doesNotContain("<!channel>", "<!everyone>", "<!here>", "<@", "<https://evil", "javascript:")
                    .contains("&lt;!channel&gt;", "&amp;");
        }

        @Test
        void cannotLeaveALink() {
            RunTrigger trigger =
                    new RunTrigger(null, null, "a|b<!channel>", null, null, null, "https://example.com/?a=1&b=2", null);

            Message card = card(Story.of("r-1").created(trigger));

            assertThat(texts(card)).contains("<https://example.com/?a=1&amp;b=2|a¦b&lt;!ch>");
        }
    }

    @Nested
    class SlacksLimits {
        @Test
        void holdForManyStepsWithLongReasons() {
            Story story = Story.of("r-1").created().started();
            for (int i = 0; i < 200; i++) {
                story.ends(
                        "step-" + i, i % 3 == 0 ? RunState.FAILED : RunState.SUCCEEDED, "<".repeat(5000), Story.BUILD);
            }

            Message card = card(story);

            assertThat(card.blocks()).hasSizeLessThanOrEqualTo(50);
            assertThat(texts(card)).allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(3000));
            assertThat(String.join("", texts(card))).hasSizeLessThan(13_200).contains("more steps:");
            assertThat(card.text()).hasSizeLessThanOrEqualTo(600);
        }

        @Test
        void failuresAreShownWhenThereIsNoRoomForAll() {
            Story story = Story.of("r-1").created().started();
            for (int i = 0; i < 300; i++) {
                story.ends("step-" + i, RunState.SUCCEEDED, null, null);
            }
            story.ends("the-last", RunState.FAILED, "why", null);

            assertThat(String.join("", texts(card(story))))
                    .contains("*the-last* failed")
                    .contains("succeeded");
        }
    }

    @Test
    void aRetryByAPersonTakesTheEndBack() {
        RunPicture picture = picture(Story.of("r-1").testFails().started());

        assertThat(picture.state()).isEqualTo(RunState.RUNNING);
        assertThat(picture.reason()).isNull();
        assertThat(picture.finishedAt()).isNull();
    }

    @Test
    void aRunWhoseBeginningWasMissedHasNoTarget() {
        RunFact started = Story.of("r-1").created().started().facts().getLast().data();

        assertThat(RunPicture.evolve(null, started, Story.BEGINNING).target()).isNull();
    }

    @Test
    void aStepThatIsTriedAgainSaysWhyAndWhen() {
        Message card = card(Story.of("r-1")
                .created()
                .started()
                .begins("experiment", "deploy")
                .retries("experiment", "no route"));

        assertThat(String.join("\n", texts(card)))
                .contains("*experiment* waiting", "waits for the next attempt: attempt 2 · until <!date^", "no route");
    }

    static RunPicture picture(Story story) {
        RunPicture picture = null;
        for (CloudEvent<RunFact> fact : story.facts()) {
            picture = RunPicture.evolve(picture, fact.data(), fact.time());
        }
        assertThat(picture).isNotNull();
        return picture;
    }

    static Message card(Story story) {
        return Card.of(picture(story));
    }

    static List<String> texts(Message message) {
        List<String> texts = new ArrayList<>();
        for (JsonNode block : message.blocks()) {
            if (block.path("text").isObject()) {
                texts.add(block.at("/text/text").asText());
            }
            block.path("elements")
                    .forEach(element -> texts.add(element.path("text").asText()));
        }
        return texts;
    }

    private static void assertGolden(String name, Story story) {
        Message card = card(story);
        ObjectNode drawn = JSON.createObjectNode().put("text", card.text());
        ArrayNode blocks = drawn.putArray("blocks");
        card.blocks().forEach(blocks::add);
        assertThat(drawn.toPrettyString()).isEqualTo(golden(name, drawn).toPrettyString());
    }

    /** Reads a golden card. With {@code -Dgolden.write=true} it is written first, to be looked at before it is committed. */
    private static JsonNode golden(String name, JsonNode drawn) {
        String file = "golden/card-" + name + ".json";
        try {
            if (Boolean.getBoolean("golden.write")) {
                Files.writeString(Path.of("src/test/resources", file), drawn.toPrettyString() + "\n");
                return drawn;
            }
            try (@Nullable InputStream in = CardTest.class.getClassLoader().getResourceAsStream(file)) {
                assertThat(in).as(file).isNotNull();
                return JSON.readTree(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
