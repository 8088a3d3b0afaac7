package dev.tiphys.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FakeSlackTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final FakeSlack slack =
            FakeSlack.start(0, "xoxb-1", new HandClock()).channel("#deploys");

    @AfterEach
    void stop() {
        slack.close();
    }

    @Nested
    class AMessage {
        @Test
        void isPostedEditedAndAnsweredInItsThread() throws Exception {
            JsonNode card = call("chat.postMessage", message("#deploys").put("text", "started"));
            String id = card.path("channel").asText();
            String ts = card.path("ts").asText();

            call("chat.postMessage", message(id).put("text", "why").put("thread_ts", ts));
            JsonNode edited = call("chat.update", message(id).put("ts", ts).put("text", "failed"));

            assertThat(edited.path("ok").asBoolean()).isTrue();
            assertThat(slack.cards("#deploys")).singleElement().satisfies(seen -> {
                assertThat(seen.shown()).isEqualTo("failed");
                assertThat(seen.past()).extracting(SlackMessage.Content::text).containsExactly("started");
                assertThat(slack.replies(seen)).extracting(SlackMessage::shown).containsExactly("why");
            });
        }

        @Test
        void hasAnIdThatGrows() throws Exception {
            for (int i = 0; i < 20; i++) {
                call("chat.postMessage", message("#deploys").put("text", "m" + i));
            }

            assertThat(slack.messages("deploys"))
                    .extracting(SlackMessage::ts)
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .allMatch(ts -> ts.matches("\\d{10}\\.\\d{6}"));
        }

        @Test
        void keepsItsBlocksWhenAnUpdateNamesNone() throws Exception {
            ObjectNode first = message("#deploys").put("text", "fallback");
            first.set("blocks", section("the card"));
            JsonNode card = call("chat.postMessage", first);

            call(
                    "chat.update",
                    message(card.path("channel").asText())
                            .put("ts", card.path("ts").asText())
                            .put("text", "new"));

            assertThat(slack.cards("#deploys").getFirst().shown()).isEqualTo("the card");
        }

        @Test
        void isFoundAgainByItsMetadata() throws Exception {
            ObjectNode first = message("#deploys").put("text", "one");
            first.putObject("metadata")
                    .put("event_type", "tiphys_card")
                    .putObject("event_payload")
                    .put("key", "k-1");
            call("chat.postMessage", first);
            call("chat.postMessage", message("#deploys").put("text", "two"));

            JsonNode plain = read("conversations.history?channel=" + slack.channelId("#deploys"));
            JsonNode whole = read(
                    "conversations.history?include_all_metadata=true&limit=1&channel=" + slack.channelId("#deploys"));
            JsonNode next = read("conversations.history?include_all_metadata=true&limit=1&cursor="
                    + whole.at("/response_metadata/next_cursor").asText()
                    + "&channel="
                    + slack.channelId("#deploys"));

            assertThat(plain.path("messages").findValuesAsText("text")).containsExactly("two", "one");
            assertThat(plain.at("/messages/1").has("metadata")).isFalse();
            assertThat(whole.path("has_more").asBoolean()).isTrue();
            assertThat(next.at("/messages/0/metadata/event_payload/key").asText())
                    .isEqualTo("k-1");
        }
    }

    @Nested
    class ARefusal {
        @Test
        void isAnOkFalseWithTheReason() throws Exception {
            slack.channel("#foreign").channel("#old").removeBot("#foreign");
            slack.archive("#old");

            assertThat(error("chat.postMessage", message("#nobody").put("text", "x")))
                    .isEqualTo("channel_not_found");
            assertThat(error("chat.postMessage", message("#foreign").put("text", "x")))
                    .isEqualTo("not_in_channel");
            assertThat(error("chat.postMessage", message("#old").put("text", "x")))
                    .isEqualTo("is_archived");
            assertThat(error("chat.postMessage", message("#deploys"))).isEqualTo("no_text");
            assertThat(error("chat.postMessage", message("#deploys").put("text", "x".repeat(40_001))))
                    .isEqualTo("msg_too_long");
            assertThat(error("chat.update", message("#deploys").put("ts", "1.1").put("text", "x")))
                    .as("an update needs the channel's id")
                    .isEqualTo("channel_not_found");
            assertThat(error(
                            "chat.update",
                            message(slack.channelId("#deploys"))
                                    .put("ts", "1.1")
                                    .put("text", "x")))
                    .isEqualTo("message_not_found");
            assertThat(error("chat.fly", message("#deploys"))).isEqualTo("unknown_method");
        }

        @Test
        void meetsAWrongOrMissingToken() throws Exception {
            URI auth = URI.create(slack.apiUrl() + "/auth.test");

            assertThat(send(HttpRequest.newBuilder(auth).build()).body()).contains("not_authed");
            assertThat(send(HttpRequest.newBuilder(auth)
                                    .header("Authorization", "Bearer wrong")
                                    .build())
                            .body())
                    .contains("invalid_auth");
            assertThat(read("auth.test").path("bot_id").asText()).isNotEmpty();
        }

        @Test
        void meetsBlocksBeyondTheLimits() throws Exception {
            ArrayNode many = JSON.createArrayNode();
            for (int i = 0; i < 51; i++) {
                many.addAll(section("x"));
            }
            ArrayNode big = JSON.createArrayNode();
            for (int i = 0; i < 5; i++) {
                big.addAll(section("x".repeat(2900)));
            }

            assertThat(withBlocks(many)).isEqualTo("invalid_blocks");
            assertThat(withBlocks(section("x".repeat(3001)))).isEqualTo("invalid_blocks");
            assertThat(withBlocks(section(""))).isEqualTo("invalid_blocks");
            assertThat(withBlocks(JSON.readTree("[{\"type\":\"hologram\"}]"))).isEqualTo("invalid_blocks");
            assertThat(withBlocks(big)).isEqualTo("msg_blocks_too_long");
        }

        private String withBlocks(JsonNode blocks) throws Exception {
            ObjectNode message = message("#deploys").put("text", "fallback");
            message.set("blocks", blocks);
            return error("chat.postMessage", message);
        }
    }

    @Nested
    class OnDemand {
        @Test
        void theRateIsLimited() throws Exception {
            slack.traffic().fail("chat.postMessage", 1, Fault.rateLimited(Duration.ofMillis(1500)));

            HttpResponse<String> limited =
                    post("chat.postMessage", message("#deploys").put("text", "x"));

            assertThat(limited.statusCode()).isEqualTo(429);
            assertThat(limited.headers().firstValue("Retry-After")).contains("2");
            assertThat(slack.messages("#deploys")).isEmpty();
            assertThat(call("chat.postMessage", message("#deploys").put("text", "x"))
                            .path("ok")
                            .asBoolean())
                    .isTrue();
            assertThat(slack.traffic().count("chat.postMessage")).isEqualTo(2);
        }

        @Test
        void anAnswerIsLostAfterTheMessageWasPosted() {
            slack.traffic().fail("chat.postMessage", 1, new Fault.ActThenDrop());

            assertThatThrownBy(
                            () -> call("chat.postMessage", message("#deploys").put("text", "x")))
                    .isInstanceOf(IOException.class);

            assertThat(slack.messages("#deploys")).hasSize(1);
        }
    }

    @Test
    void aWebhookPosts() throws Exception {
        HttpResponse<String> posted = webhook(slack.webhookUrl("#deploys"), "{\"text\":\"hello\"}");

        assertThat(posted.statusCode()).isEqualTo(200);
        assertThat(posted.body()).isEqualTo("ok");
        assertThat(slack.cards("#deploys")).extracting(SlackMessage::shown).containsExactly("hello");
        assertThat(webhook(slack.webhookUrl("#deploys"), "{").body()).isEqualTo("invalid_payload");
        URI gone = URI.create(slack.webhookUrl("#deploys") + "0");
        assertThat(webhook(gone, "{\"text\":\"x\"}").statusCode()).isEqualTo(404);
    }

    @Test
    void aTerminalShowsTheChannel() throws Exception {
        ObjectNode first = message("#deploys").put("text", "fallback");
        first.set("blocks", JSON.readTree("""
                        [{"type":"header","text":{"type":"plain_text","text":"shop-delivery"}},
                         {"type":"section","text":{"type":"mrkdwn","text":":white_check_mark: experiment\\n:x: test &lt;1&gt;"}},
                         {"type":"context","elements":[{"type":"mrkdwn","text":"<https://ci/1|build 1>"},
                                                       {"type":"mrkdwn","text":"ada"}]}]
                        """));
        JsonNode card = call("chat.postMessage", first);
        call(
                "chat.postMessage",
                message("#deploys")
                        .put("text", "it failed")
                        .put("thread_ts", card.path("ts").asText()));

        assertThat(slack.render("#deploys").replaceAll("\\d\\d:\\d\\d:\\d\\d", "00:00:00"))
                .isEqualTo("""
                        #deploys
                          00:00:00  shop-delivery
                                    ✓ experiment
                                    ✗ test <1>
                                    build 1 (https://ci/1) · ada
                              ↳ 00:00:00  it failed
                        """);
    }

    @Test
    void aListenerHearsOfPostsAndEdits() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        slack.onChange(message -> heard.add(message.shown()));

        JsonNode card = call("chat.postMessage", message("#deploys").put("text", "one"));
        call(
                "chat.update",
                message(card.path("channel").asText())
                        .put("ts", card.path("ts").asText())
                        .put("text", "two"));

        await().untilAsserted(() -> assertThat(heard).containsExactly("one", "two"));
    }

    private static ObjectNode message(String channel) {
        return JSON.createObjectNode().put("channel", channel);
    }

    private static ArrayNode section(String text) {
        ArrayNode blocks = JSON.createArrayNode();
        blocks.addObject()
                .put("type", "section")
                .putObject("text")
                .put("type", "mrkdwn")
                .put("text", text);
        return blocks;
    }

    private String error(String method, ObjectNode arguments) throws Exception {
        return call(method, arguments).path("error").asText();
    }

    private JsonNode call(String method, ObjectNode arguments) throws Exception {
        HttpResponse<String> answer = post(method, arguments);
        assertThat(answer.statusCode()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> post(String method, ObjectNode arguments) throws Exception {
        return send(request(method)
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(arguments.toString()))
                .build());
    }

    private JsonNode read(String method) throws Exception {
        return JSON.readTree(send(request(method).build()).body());
    }

    private HttpRequest.Builder request(String method) {
        return HttpRequest.newBuilder(URI.create(slack.apiUrl() + "/" + method))
                .header("Authorization", "Bearer xoxb-1");
    }

    private static HttpResponse<String> webhook(URI address, String body) throws Exception {
        return send(HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
