package dev.tiphys.gateway.queue.sqs;

import dev.tiphys.contracts.definition.Queue.SqsKeys;
import dev.tiphys.contracts.definition.Queue.Transport.Sqs;
import dev.tiphys.platform.secret.Secrets;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** One queue of SQS through the AWS SDK. Every call may fail with {@link SdkException}. Thread-safe. */
final class SqsQueue implements AutoCloseable {
    /** As many as one call takes. */
    static final int BATCH = 10;

    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final Set<String> OWN_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Set<String> REFUSED = Set.of(
            "AccessDenied",
            "AccessDeniedException",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSecurity",
            "MissingAuthenticationToken",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException");

    private final Sqs transport;
    private final @Nullable SqsCredentials credentials;
    private final SqsClient client;
    private volatile @Nullable String url;

    /** @param longestPoll the longest that is waited for messages */
    SqsQueue(Sqs transport, Secrets secrets, Clock clock, Duration longestPoll) {
        this.transport = transport;
        SqsKeys keys = SqsCredentials.keys(transport);
        this.credentials = keys == null ? null : new SqsCredentials(secrets, keys, clock);
        SqsClientBuilder builder = SqsClient.builder()
                .region(Region.of(transport.region()))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT_PATIENCE)
                        // A long poll answers at its end, not before.
                        .socketTimeout(longestPoll.plusSeconds(5)));
        String endpoint = transport.endpoint();
        if (endpoint != null) {
            builder.endpointOverride(URI.create(endpoint));
        }
        if (credentials != null) {
            builder.credentialsProvider(credentials);
        } else if (endpoint != null && OWN_HOSTS.contains(URI.create(endpoint).getHost())) {
            // A server on this machine, for development: nobody is to look for credentials in vain.
            builder.credentialsProvider(AnonymousCredentialsProvider.create());
        }
        this.client = builder.build();
    }

    /** {@return what was received in one poll; at most {@value #BATCH}} */
    List<Message> receive(int most, Duration visibility, Duration wait) {
        String at = url();
        return client.receiveMessage(request -> request.queueUrl(at)
                        .maxNumberOfMessages(Math.min(BATCH, most))
                        .waitTimeSeconds(Math.toIntExact(wait.toSeconds()))
                        .visibilityTimeout(Math.toIntExact(visibility.toSeconds()))
                        .messageAttributeNames("All")
                        .messageSystemAttributeNames(
                                MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                                MessageSystemAttributeName.SENT_TIMESTAMP,
                                MessageSystemAttributeName.MESSAGE_GROUP_ID,
                                MessageSystemAttributeName.AWS_TRACE_HEADER))
                .messages();
    }

    /** {@return those of the receipts, at most {@value #BATCH}, that were not deleted: an answer of 200 may say so} */
    List<Refused> delete(List<String> receipts) {
        String at = url();
        List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>();
        for (int i = 0; i < receipts.size(); i++) {
            entries.add(DeleteMessageBatchRequestEntry.builder()
                    .id(Integer.toString(i))
                    .receiptHandle(receipts.get(i))
                    .build());
        }
        DeleteMessageBatchResponse answer =
                client.deleteMessageBatch(request -> request.queueUrl(at).entries(entries));
        Set<String> deleted = new HashSet<>();
        answer.successful().forEach(one -> deleted.add(one.id()));
        List<Refused> refused = new ArrayList<>();
        for (int i = 0; i < receipts.size(); i++) {
            String id = Integer.toString(i);
            if (!deleted.contains(id)) {
                refused.add(new Refused(receipts.get(i), why(answer.failed(), id)));
            }
        }
        return refused;
    }

    /** An entry of a batch that was not done. */
    record Refused(String receipt, String reason) {}

    private static String why(List<BatchResultErrorEntry> failed, String id) {
        return failed.stream()
                .filter(one -> one.id().equals(id))
                .map(one -> one.code() + ": " + one.message())
                .findFirst()
                .orElse("the answer does not speak of it");
    }

    /** One wish for how long a message stays with its receiver. */
    record Extension(String receipt, Duration visibility) {}

    /** {@return those of the wishes, at most {@value #BATCH}, that were not granted} */
    List<Refused> extend(List<Extension> extensions) {
        String at = url();
        List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
        for (int i = 0; i < extensions.size(); i++) {
            entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                    .id(Integer.toString(i))
                    .receiptHandle(extensions.get(i).receipt())
                    .visibilityTimeout(
                            Math.toIntExact(extensions.get(i).visibility().toSeconds()))
                    .build());
        }
        List<BatchResultErrorEntry> failed = client.changeMessageVisibilityBatch(
                        request -> request.queueUrl(at).entries(entries))
                .failed();
        return failed.stream()
                .map(one -> new Refused(
                        extensions.get(Integer.parseInt(one.id())).receipt(), one.code() + ": " + one.message()))
                .toList();
    }

    /** {@return the queue's address; asked for if only its name is known} */
    private String url() {
        String known = url;
        if (known == null) {
            known = transport.named()
                    ? client.getQueueUrl(request -> request.queueName(transport.queueUrl()))
                            .queueUrl()
                    : transport.queueUrl();
            url = known;
        }
        return known;
    }

    /** {@return what is wrong, for a person} What was remembered of the queue is asked for anew. */
    String trouble(SdkException failure) {
        url = null;
        if (credentials != null) {
            credentials.forget();
        }
        String where = transport.endpoint() == null ? "SQS in " + transport.region() : transport.endpoint();
        if (failure instanceof QueueDoesNotExistException) {
            return "there is no queue " + transport.queueUrl() + " at " + where + ": create it, or correct queueUrl";
        }
        if (!(failure instanceof AwsServiceException service)) {
            String what = isOfTheNetwork(failure) ? " cannot be reached: " : " cannot be asked: ";
            return where + what + failure.getMessage();
        }
        String code = service.awsErrorDetails() == null
                ? "status " + service.statusCode()
                : service.awsErrorDetails().errorCode();
        if (REFUSED.contains(code) || service.statusCode() == 403) {
            SqsKeys keys = SqsCredentials.keys(transport);
            String whose = keys == null
                    ? "from the environment"
                    : "in secret " + keys.accessKeyId().name();
            return where + " refuses the credentials " + whose + " (" + code + "): correct them, or allow them"
                    + " sqs:GetQueueUrl, ReceiveMessage, DeleteMessage and ChangeMessageVisibility on "
                    + transport.queueUrl();
        }
        return where + (service.isThrottlingException() ? " asks to go slower: " : " answered ") + code;
    }

    private static boolean isOfTheNetwork(SdkException failure) {
        for (Throwable part = failure; part != null; part = part.getCause()) {
            if (part instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        client.close();
    }
}
