package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.contracts.definition.EventSource.Input;
import dev.tiphys.contracts.definition.EventSourceForm.Entry;
import dev.tiphys.contracts.definition.Queue.From;
import dev.tiphys.contracts.definition.Queue.KafkaKeys;
import dev.tiphys.contracts.definition.Queue.KafkaSecurity;
import dev.tiphys.contracts.definition.Queue.SqsKeys;
import dev.tiphys.contracts.definition.Queue.Transport;
import org.jspecify.annotations.Nullable;

/** Reads the entries of Argo's EventSource that fetch messages. */
final class EventSourceMessages {
    private EventSourceMessages() {}

    static @Nullable Input sqs(Entry entry) {
        Fields fields = entry.fields();
        String region = fields.text("region");
        String queue = fields.text("queue");
        String endpoint = EventSourceHooks.loose(fields, "endpoint").replaceAll("/+$", "");
        if (!endpoint.isEmpty()) {
            fields.checked("endpoint", Syntax::wrongWithFixedUrl);
        }
        String account = EventSourceHooks.loose(fields, "queueAccountId");
        SqsKeys keys = keys(fields);
        boolean jsonBody = fields.flag("jsonBody", false);
        fields.free("waitTimeSeconds");
        fields.passedOver(
                "roleARN",
                "no role is taken on: the keys, or the gateway's own role, must be allowed to read the queue");
        if (fields.flag("dlq", false)) {
            fields.passedOver(
                    "dlq",
                    "a message that cannot become an event is parked with the reason after "
                            + Queue.DEFAULT_MAX_RECEIVES + " receives");
        }
        String url = queueUrl(region, endpoint, account, queue);
        return new Input.Messages(
                new Transport.Sqs(url, region, endpoint.isEmpty() ? null : endpoint, null, keys), jsonBody);
    }

    private static String queueUrl(String region, String endpoint, String account, String queue) {
        if (account.isEmpty() || queue.contains("://")) {
            return queue;
        }
        String aws = "https://sqs." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
        return (endpoint.isEmpty() ? aws : endpoint) + "/" + account + "/" + queue;
    }

    private static @Nullable SqsKeys keys(Fields fields) {
        SecretRef accessKey = fields.optionalSelector("accessKey");
        SecretRef secretKey = fields.optionalSelector("secretKey");
        SecretRef sessionToken = fields.optionalSelector("sessionToken");
        if ((accessKey == null) != (secretKey == null)) {
            fields.inspection().error(fields.path(), "expected both accessKey and secretKey, or none of them, met one");
        }
        return accessKey == null || secretKey == null ? null : new SqsKeys(accessKey, secretKey, sessionToken);
    }

    static @Nullable Input kafka(Entry entry) {
        Fields fields = entry.fields();
        String servers = fields.checked("url", text -> Syntax.wrongWithServers(text.replaceAll("\\s", "")));
        String topic = fields.text("topic", Syntax.TOPIC, "the name of a topic: letters, digits, ., _ and -");
        boolean jsonBody = fields.flag("jsonBody", false);
        fields.free("version", "limitEventsPerSecond", "connectionBackoff", "config");
        Fields consumers = fields.optionalMapping("consumerGroup");
        String group = consumers == null ? "" : EventSourceHooks.loose(consumers, "groupName");
        boolean oldest = consumers != null && consumers.flag("oldest", false);
        if (consumers != null) {
            consumers.free("rebalanceStrategy");
            consumers.endLeniently();
        }
        if (group.isEmpty()) {
            group = "tiphys-" + entry.owner() + "-" + entry.name();
            fields.passedOver("partition", "all partitions are read, by the consumer group " + group);
        }
        fields.free("partition");
        String unread = unread(fields);
        KafkaSecurity security = security(fields);
        if (unread != null) {
            return entry.leftOut(unread);
        }
        return new Input.Messages(
                new Transport.Kafka(
                        servers.replaceAll("\\s", ""), topic, group, oldest ? From.EARLIEST : From.LATEST, security),
                jsonBody);
    }

    /** {@return why the messages cannot be fetched or read; null if they can} */
    private static @Nullable String unread(Fields fields) {
        if (fields.has("schemaRegistry")) {
            return "messages in Avro are not read; have them written as JSON";
        }
        if (fields.has("awsMskIamAuth")) {
            return "AWS' IAM is not spoken to Kafka; give it a SCRAM user and use sasl";
        }
        Fields sasl = fields.optionalMapping("sasl");
        String mechanism = sasl == null ? "" : EventSourceHooks.loose(sasl, "mechanism");
        if (!mechanism.isEmpty() && !QueueForm.MECHANISMS.contains(mechanism)) {
            return "the mechanism " + Fields.met(TextNode.valueOf(mechanism)) + " is not spoken; use "
                    + Fields.either(QueueForm.MECHANISMS);
        }
        Fields tls = fields.optionalMapping("tls");
        return tls != null && (tls.has("clientCertSecret") || tls.has("clientKeySecret"))
                ? "a certificate of the client's own is not shown; use sasl"
                : null;
    }

    private static @Nullable KafkaSecurity security(Fields fields) {
        Fields tls = fields.optionalMapping("tls");
        SecretRef ca = null;
        if (tls != null) {
            ca = tls.optionalSelector("caCertSecret");
            tls.free("enabled", "clientCertSecret", "clientKeySecret");
            if (tls.flag("insecureSkipVerify", false)) {
                tls.passedOver(
                        "insecureSkipVerify", "the broker's certificate is always checked; name its caCertSecret");
            }
            tls.endLeniently();
        }
        Fields sasl = fields.optionalMapping("sasl");
        if (sasl == null) {
            return tls == null ? null : new KafkaSecurity("SSL", null, null, new KafkaKeys(null, null, ca));
        }
        String mechanism = EventSourceHooks.loose(sasl, "mechanism");
        SecretRef user = sasl.optionalSelector("userSecret");
        SecretRef password = sasl.optionalSelector("passwordSecret");
        if (QueueForm.MECHANISMS.contains(mechanism.isEmpty() ? "PLAIN" : mechanism)
                && (user == null || password == null)) {
            sasl.inspection().error(sasl.path(), "expected both userSecret and passwordSecret: {name, key}");
        }
        if (tls == null) {
            sasl.inspection()
                    .warning(
                            sasl.path(), "messages go unencrypted, and with PLAIN the password, too: give tls as well");
        }
        sasl.endLeniently();
        return new KafkaSecurity(
                tls == null ? "SASL_PLAINTEXT" : "SASL_SSL",
                mechanism.isEmpty() ? "PLAIN" : mechanism,
                null,
                new KafkaKeys(user, password, ca));
    }
}
