package dev.tiphys.contracts.definition;

import org.jspecify.annotations.Nullable;

/**
 * A queue whose messages become events.
 *
 * @param deduplicateBy an expression over {@code message} (body, headers, attributes, id, group); null for the message's own
 *     id: SNS' or EventBridge's in an envelope, else the queue's
 * @param maxReceives how often a message that cannot become an event is received before it is parked with the reason
 */
public record Queue(
        DefinitionKey key, Transport transport, @Nullable String deduplicateBy, int maxReceives) implements Definition {

    /** What {@code maxReceives} is where nothing is said. */
    public static final int DEFAULT_MAX_RECEIVES = 5;

    /** Where the messages are. */
    public sealed interface Transport {

        /**
         * AWS SQS.
         *
         * @param queueUrl the queue's address; or, of an EventSource that does not say whose account the queue is in, only its
         *     name, which {@code GetQueueUrl} resolves: see {@link #named}
         * @param endpoint another server than AWS'; null for AWS
         * @param credentials the name of the secret with {@code accessKeyId}, {@code secretAccessKey} and, if wanted, {@code
         *     sessionToken}; null for {@code keys}, and without them for the SDK's own chain
         * @param keys the same where each stands in a secret of its own, as Argo's manifests have it; null if {@code
         *     credentials} are given, or nothing is
         */
        record Sqs(
                String queueUrl,
                String region,
                @Nullable String endpoint,
                @Nullable String credentials,
                @Nullable SqsKeys keys)
                implements Transport {

            public Sqs(String queueUrl, String region, @Nullable String endpoint, @Nullable String credentials) {
                this(queueUrl, region, endpoint, credentials, null);
            }

            /** {@return whether {@code queueUrl} is only the queue's name} */
            public boolean named() {
                return !queueUrl.contains("://");
            }

            /** {@return whether the order within a message group counts} */
            public boolean fifo() {
                return queueUrl.endsWith(".fifo");
            }
        }

        /**
         * A Kafka topic of somebody else's.
         *
         * @param servers {@code host:port}, several with commas between
         * @param group the consumer group
         * @param from where a group that never read begins
         * @param security null for plain connections
         */
        record Kafka(
                String servers,
                String topic,
                String group,
                From from,
                @Nullable KafkaSecurity security) implements Transport {}
    }

    /**
     * The keys of an AWS user, each in a secret of its own.
     *
     * @param sessionToken null for keys that do not run out
     */
    public record SqsKeys(
            SecretRef accessKeyId,
            SecretRef secretAccessKey,
            @Nullable SecretRef sessionToken) {}

    /** Where a consumer group begins that has not read before. */
    public enum From {
        LATEST,
        EARLIEST
    }

    /**
     * How a Kafka broker is reached and who one is there.
     *
     * @param protocol {@code SSL}, {@code SASL_SSL} or {@code SASL_PLAINTEXT}
     * @param mechanism {@code PLAIN}, {@code SCRAM-SHA-256} or {@code SCRAM-SHA-512}; null without SASL
     * @param credentials the name of the secret with {@code username} and {@code password}, and {@code ca} (PEM) if the
     *     broker's certificate is no public one; null for {@code keys}, or if nothing is needed
     * @param keys the same where each stands in a secret of its own, as Argo's manifests have it; null if {@code credentials}
     *     are given, or nothing is needed
     */
    public record KafkaSecurity(
            String protocol,
            @Nullable String mechanism,
            @Nullable String credentials,
            @Nullable KafkaKeys keys) {

        public KafkaSecurity(String protocol, @Nullable String mechanism, @Nullable String credentials) {
            this(protocol, mechanism, credentials, null);
        }
    }

    /**
     * Who one is at a Kafka broker, each part in a secret of its own.
     *
     * @param username null without SASL
     * @param password null without SASL
     * @param ca the certificate that the broker's is signed by, in PEM; null for the public ones
     */
    public record KafkaKeys(
            @Nullable SecretRef username,
            @Nullable SecretRef password,
            @Nullable SecretRef ca) {}
}
