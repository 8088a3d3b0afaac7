package dev.tiphys.contracts.definition;

import java.util.LinkedHashMap;
import java.util.Map;

/** The types of Argo's event sources that are not run, and what does the same. */
final class EventSourceTypes {
    /** By type, what to use instead. */
    static final Map<String, String> INSTEAD = new LinkedHashMap<>();

    static {
        INSTEAD.put("amqp", "have the exchange copied to a Kafka topic or an SQS queue, and use kafka or sqs");
        INSTEAD.put("azureEventsHub", "Event Hubs speak Kafka's protocol on port 9093; use kafka");
        INSTEAD.put("azureQueueStorage", "have a Function or Logic App that the queue starts call a webhook");
        INSTEAD.put("azureServiceBus", "have a Function or Logic App that the queue or topic starts call a webhook");
        INSTEAD.put("emitter", "have the publisher call a webhook");
        INSTEAD.put("file", "have whoever writes the files call a webhook, or keep them in Git and use a push");
        INSTEAD.put("generic", "have your server call a webhook instead of answering by gRPC");
        INSTEAD.put("hdfs", "have the job that writes the files call a webhook when it is through");
        INSTEAD.put(
                "minio", "MinIO can notify an endpoint of its own accord; have it call a webhook, or write to kafka");
        INSTEAD.put("mns", "have an MNS topic push to an HTTP endpoint, which is a webhook here");
        INSTEAD.put("mqtt", "have the broker forward the topic to a webhook or to kafka");
        INSTEAD.put("nats", "have the publisher call a webhook, or have the subject copied to Kafka and use kafka");
        INSTEAD.put("nsq", "have nsq_to_http post the messages to a webhook");
        INSTEAD.put(
                "pubSub",
                "make a push subscription with authentication, and a Source with verify: {oidc} that checks Google's token");
        INSTEAD.put("pulsar", "have the topic copied to Kafka, or let Pulsar speak Kafka's protocol, and use kafka");
        INSTEAD.put("redis", "what is published there is lost while nobody listens; use sqs or kafka");
        INSTEAD.put("redisStream", "have the stream copied to Kafka, and use kafka");
        INSTEAD.put("resource", "have whoever changes the resource call a webhook");
        INSTEAD.put("sftp", "have whoever uploads the files call a webhook");
    }

    private EventSourceTypes() {}
}
