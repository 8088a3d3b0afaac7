package dev.tiphys.gateway.queue.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.gateway.queue.QueueMessage;
import dev.tiphys.gateway.queue.QueueMessage.Attribute;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Reads the SDK's messages. */
final class Messages {
    private Messages() {}

    static QueueMessage read(Message message, boolean isFifo, Instant now) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        message.messageAttributes().forEach((name, value) -> attributes.put(name, attribute(value)));
        String sent = message.attributes().get(MessageSystemAttributeName.SENT_TIMESTAMP);
        String group = message.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID);
        String trace = message.attributes().get(MessageSystemAttributeName.AWS_TRACE_HEADER);
        Map<String, String> facts = new HashMap<>();
        Instant sentAt = sent == null ? now : Instant.ofEpochMilli(Long.parseLong(sent));
        facts.put("sentTimestamp", sentAt.toString());
        if (group != null) {
            facts.put("messageGroupId", group);
        }
        if (trace != null) {
            facts.put("awsTraceHeader", trace);
        }
        String receives = message.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT);
        return new QueueMessage(
                message.messageId(),
                message.body().getBytes(UTF_8),
                attributes,
                Map.of(),
                facts,
                group,
                isFifo ? group : null,
                receives == null ? 1 : Integer.parseInt(receives),
                sentAt,
                now);
    }

    private static Attribute attribute(MessageAttributeValue value) {
        String text = value.stringValue() != null
                ? value.stringValue()
                : Base64.getEncoder().encodeToString(value.binaryValue().asByteArray());
        return new Attribute(value.dataType(), text);
    }
}
