package dev.tiphys.gateway.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Queue;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.queue.QueueMessage.Attribute;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MessageRulesTest {
    private static final String EVENT_BRIDGE = """
            {"version": "0", "id": "eb-1", "detail-type": "Order Placed", "source": "shop", "account": "1",
             "detail": {"order": 4711}}""";

    private static final CelExpressions EXPRESSIONS = new CelExpressions();

    private static Judgement judge(Subscription queue, QueueMessage message) {
        return MessageRules.judge(queue, message, EXPRESSIONS, 7);
    }

    private static Judgement judge(String body) {
        return judge(World.sqs("orders", null, null, 3), World.message("m-1", body));
    }

    private static CloudEvent<ExternalEvent> event(Judgement judgement) {
        return ((Judgement.Accepted) judgement).arrival().events().getFirst().event();
    }

    private static ExternalEvent data(Judgement judgement) {
        return event(judgement).data();
    }

    private static String notification(String message) {
        ObjectNode sns = JsonNodeFactory.instance.objectNode();
        sns.put("Type", "Notification")
                .put("MessageId", "sns-1")
                .put("TopicArn", "arn:aws:sns:us-east-1:1:orders")
                .put("Subject", "news")
                .put("Message", message)
                .put("Timestamp", "2026-01-01T00:00:00Z");
        sns.putObject("MessageAttributes")
                .putObject("colour")
                .put("Type", "String")
                .put("Value", "red");
        return sns.toString();
    }

    @Nested
    class ARawBody {
        @Test
        void isJsonIfItIsJson() {
            ExternalEvent data = data(judge("{\"order\": 1}"));

            assertThat(data.body())
                    .isEqualTo(JsonNodeFactory.instance.objectNode().put("order", 1));
            assertThat(data.endpoint()).isEqualTo("orders");
            assertThat(data.name()).isNull();
            assertThat(data.type()).isEqualTo(ExternalEvent.MESSAGE);
            assertThat(data.delivery()).isEqualTo("m-1");
            assertThat(data.attributes()).containsEntry("sentTimestamp", "2026-01-01T00:00:00Z");
        }

        @Test
        void isTextIfItIsNot() {
            assertThat(data(judge("hello {")).body().textValue()).isEqualTo("hello {");
        }

        @Test
        void isBase64IfItIsNotEvenText() {
            QueueMessage message = message(new byte[] {(byte) 0xff, 0}, Map.of(), Map.of(), null, null);

            ExternalEvent data = data(judge(World.sqs("orders", null, null, 3), message));

            assertThat(data.body().textValue()).isEqualTo("/wA=");
            assertThat(data.attributes()).containsEntry("contentEncoding", "base64");
        }

        @Test
        void sayItsTypeByAnAttribute() {
            QueueMessage message = message(
                    "1".getBytes(UTF_8), Map.of("type", new Attribute("String", "order.placed")), Map.of(), null, null);

            assertThat(data(judge(World.sqs("orders", null, null, 3), message)).type())
                    .isEqualTo("order.placed");
        }

        @Test
        void losesAttributesAndHeadersThatMayBeSecrets() {
            QueueMessage message = message(
                    "1".getBytes(UTF_8),
                    Map.of("Api-Key", new Attribute("String", "s3cret"), "colour", new Attribute("String", "red")),
                    Map.of("authorization", "Bearer s3cret", "x", "y"),
                    null,
                    null);

            ExternalEvent data = data(judge(World.sqs("orders", null, null, 3), message));

            assertThat(data.attributes()).containsEntry("colour", "red").doesNotContainKey("Api-Key");
            assertThat(data.headers()).containsExactly(Map.entry("x", "y"));
        }
    }

    @Nested
    class AnEnvelope {
        @Test
        void ofSnsIsTakenOff() {
            ExternalEvent data = data(judge(notification("{\"order\": 1}")));

            assertThat(data.body())
                    .isEqualTo(JsonNodeFactory.instance.objectNode().put("order", 1));
            assertThat(data.delivery()).isEqualTo("sns-1");
            assertThat(data.attributes())
                    .containsEntry("topicArn", "arn:aws:sns:us-east-1:1:orders")
                    .containsEntry("subject", "news")
                    .containsEntry("colour", "red");
        }

        @Test
        void ofSnsMayHoldPlainText() {
            assertThat(data(judge(notification("hello"))).body().textValue()).isEqualTo("hello");
        }

        @Test
        void ofEventBridgeStaysAndGivesTypeAndKey() {
            ExternalEvent data = data(judge(EVENT_BRIDGE));

            assertThat(data.type()).isEqualTo("Order Placed");
            assertThat(data.delivery()).isEqualTo("eb-1");
            assertThat(data.body().at("/detail/order").intValue()).isEqualTo(4711);
        }

        @Test
        void ofSnsAroundEventBridgeIsBoth() {
            ExternalEvent data = data(judge(notification(EVENT_BRIDGE)));

            assertThat(data.type()).isEqualTo("Order Placed");
            assertThat(data.delivery()).isEqualTo("eb-1");
            assertThat(data.attributes()).containsKey("topicArn");
        }

        @Test
        void ofS3SaysWhatHappened() {
            String s3 = "{\"Records\": [{\"eventSource\": \"aws:s3\", \"eventName\": \"ObjectCreated:Put\"}]}";

            assertThat(data(judge(s3)).type()).isEqualTo("ObjectCreated:Put");
            assertThat(data(judge(notification(s3))).delivery()).isEqualTo("sns-1");
        }

        @Test
        void ofS3sTestIsDropped() {
            String test = "{\"Service\": \"Amazon S3\", \"Event\": \"s3:TestEvent\", \"Bucket\": \"b\"}";

            assertThat(judge(test)).isInstanceOf(Judgement.Irrelevant.class);
            assertThat(judge(notification(test))).isInstanceOf(Judgement.Irrelevant.class);
        }

        @Test
        void thatLacksOneOfItsFieldsIsNone() {
            String almost = "{\"Type\": \"Notification\", \"TopicArn\": \"a\", \"MessageId\": \"x\", \"Message\": {}}";

            assertThat(data(judge(almost)).delivery()).isEqualTo("m-1");
            assertThat(data(judge(almost)).body().path("Type").textValue()).isEqualTo("Notification");
        }
    }

    @Nested
    class TheBusinessKey {
        private Judgement by(String expression, String body) {
            return judge(World.sqs("orders", null, expression, 3), World.message("m-1", body));
        }

        @Test
        void isWhatTheExpressionSays() {
            assertThat(data(by("${{ message.body.order }}", "{\"order\": 4711}"))
                            .delivery())
                    .isEqualTo("4711");
            assertThat(data(by("message.body.order", "{\"order\": \"o-1\"}")).delivery())
                    .isEqualTo("o-1");
            assertThat(data(by("o-${{ message.body.order }}-${{ message.id }}", "{\"order\": 1}"))
                            .delivery())
                    .isEqualTo("o-1-m-1");
        }

        @Test
        void makesTheSameEventOfTheSameKey() {
            String id = event(by("message.body.order", "{\"order\": 1, \"try\": 1}"))
                    .id();

            assertThat(event(by("message.body.order", "{\"order\": 1, \"try\": 2}"))
                            .id())
                    .isEqualTo(id)
                    .isEqualTo(DeliveryRules.eventId("orders", "1", 0));
            assertThat(event(by("message.body.order", "{\"order\": 2}")).id()).isNotEqualTo(id);
        }

        @Test
        void thatCannotBeResolvedIsTheMessagesTrouble() {
            assertThat(((Judgement.Poison) by("${{ message.body.order }}", "{\"other\": 1}")).reason())
                    .contains("deduplicateBy")
                    .contains("order")
                    .contains("other");
            assertThat(by("${{ message.body.order }}", "{\"order\": {\"id\": 1}}"))
                    .isInstanceOf(Judgement.Poison.class);
            assertThat(by("${{ message.body.order }}", "{\"order\": \"\"}")).isInstanceOf(Judgement.Poison.class);
            assertThat(by("${{ message.body.order }}", "{\"order\": null}")).isInstanceOf(Judgement.Poison.class);
        }

        @Test
        void thatIsNoDeliveryIdIsDigested() {
            assertThat(data(by("message.body.order", "{\"order\": \"with space\"}"))
                            .delivery())
                    .startsWith("sha256-");
        }
    }

    @Nested
    class TheTopicKey {
        private String key(Subscription queue, @Nullable String lane) {
            QueueMessage message = message("1".getBytes(UTF_8), Map.of(), Map.of(), "g-1", lane);
            return ((Judgement.Accepted) judge(queue, message))
                    .arrival()
                    .events()
                    .getFirst()
                    .topicKey();
        }

        @Test
        void isTheQueueUnlessAGroupKeepsItsOrder() {
            assertThat(key(World.sqs("orders", null, null, 3), null)).isEqualTo("orders");
            assertThat(key(World.sqs("orders.fifo", null, null, 3), "g-1")).isEqualTo("orders/g-1");
        }
    }

    @Nested
    class ARecordOfKafka {
        @Test
        void goesByItsPlaceOrByItsCloudEventsId() {
            Map<String, String> headers = Map.of("ce_id", "1", "ce_source", "/shop", "ce_type", "order.placed");
            Subscription queue = new Subscription("t", null, KAFKA, null, 3, null);

            ExternalEvent plain = data(judge(queue, message("1".getBytes(UTF_8), Map.of(), Map.of(), null, "0")));
            ExternalEvent event = data(judge(queue, message("1".getBytes(UTF_8), Map.of(), headers, null, "0")));

            assertThat(plain.delivery()).isEqualTo("m-1");
            assertThat(event.delivery()).isEqualTo("/shop#1");
            assertThat(event.type()).isEqualTo("order.placed");
            assertThat(event.headers()).containsEntry("ce_type", "order.placed");
        }
    }

    @Nested
    class AnEventSourceOfArgo {
        private Subscription subscription(Queue.Transport transport, boolean json, @Nullable String filter) {
            return new Subscription(
                    "aws", "orders", transport, null, 3, new Subscription.Argo(json, filter, Map.of("team", "shop")));
        }

        @Test
        void hasArgosPayloadOfSqs() throws Exception {
            QueueMessage message = message(
                    "{\"a\": 1}".getBytes(UTF_8), Map.of("n", new Attribute("String", "v")), Map.of(), null, null);

            ExternalEvent json = data(judge(subscription(SQS, /* json= */ true, null), message));
            ExternalEvent base64 = data(judge(subscription(SQS, /* json= */ false, null), message));

            assertThat(json.endpoint()).isEqualTo("aws");
            assertThat(json.name()).isEqualTo("orders");
            assertThat(json.body()).isEqualTo(Json.mapper().readTree("""
                    {"messageId": "m-1", "messageAttributes": {"n": {"DataType": "String", "StringValue": "v"}},
                     "body": {"a": 1}, "metadata": {"team": "shop"}}"""));
            assertThat(base64.body().path("body").textValue()).isEqualTo("eyJhIjogMX0=");
        }

        @Test
        void hasArgosPayloadOfKafka() throws Exception {
            QueueMessage message = new QueueMessage(
                    "t/3/9",
                    "{\"a\": 1}".getBytes(UTF_8),
                    Map.of(),
                    Map.of("h", "v"),
                    Map.of("partition", "3"),
                    "k",
                    "3",
                    1,
                    Instant.parse("2026-01-01T00:00:00.120Z"),
                    Instant.EPOCH);

            assertThat(data(judge(subscription(KAFKA, /* json= */ true, null), message))
                            .body())
                    .isEqualTo(Json.mapper().readTree("""
                            {"topic": "t", "key": "k", "partition": 3, "body": {"a": 1},
                             "timestamp": "2026-01-01 00:00:00.12 +0000 UTC", "headers": {"h": "v"},
                             "metadata": {"team": "shop"}}"""));
        }

        @Test
        void whoseBodyIsNoJsonIsPoison() {
            assertThat(judge(subscription(SQS, /* json= */ true, null), World.message("m", "no json")))
                    .isInstanceOf(Judgement.Poison.class);
        }

        @Test
        void letsInWhatItsFilterLetsIn() {
            Subscription queue = subscription(SQS, /* json= */ true, "body.a == 1");

            assertThat(judge(queue, World.message("m", "{\"a\": 1}"))).isInstanceOf(Judgement.Accepted.class);
            assertThat(judge(queue, World.message("m", "{\"a\": 2}"))).isInstanceOf(Judgement.Irrelevant.class);
            // As Argo does: what its filter fails on is dropped.
            assertThat(judge(queue, World.message("m", "{\"b\": 2}"))).isInstanceOf(Judgement.Irrelevant.class);
        }
    }

    private static final Queue.Transport SQS = new Queue.Transport.Sqs("orders", "us-east-1", null, null);
    private static final Queue.Transport KAFKA =
            new Queue.Transport.Kafka("host:9092", "t", "g", Queue.From.LATEST, null);

    private static QueueMessage message(
            byte[] body,
            Map<String, Attribute> attributes,
            Map<String, String> headers,
            @Nullable String group,
            @Nullable String lane) {
        return new QueueMessage(
                "m-1", body, attributes, headers, Map.of(), group, lane, 1, Instant.EPOCH, Instant.EPOCH);
    }
}
