package dev.tiphys.gateway.queue.sqs;

import dev.tiphys.contracts.definition.Queue.SqsKeys;
import dev.tiphys.contracts.definition.Queue.Transport.Sqs;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.SecretMissing;
import dev.tiphys.platform.secret.Secrets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Credentials of secrets, read again now and then, so that new ones need no restart. Thread-safe. */
final class SqsCredentials implements AwsCredentialsProvider {
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    private final Secrets secrets;
    private final SqsKeys keys;
    private final Clock clock;
    private volatile @Nullable Known known;

    private record Known(AwsCredentials credentials, Instant until) {}

    SqsCredentials(Secrets secrets, SqsKeys keys, Clock clock) {
        this.secrets = secrets;
        this.keys = keys;
        this.clock = clock;
    }

    /** {@return where a queue's credentials are; null for the SDK's own chain} */
    static @Nullable SqsKeys keys(Sqs queue) {
        String name = queue.credentials();
        return name == null
                ? queue.keys()
                : new SqsKeys(
                        new SecretRef(name, "accessKeyId"),
                        new SecretRef(name, "secretAccessKey"),
                        new SecretRef(name, "sessionToken"));
    }

    @Override
    public AwsCredentials resolveCredentials() {
        Known before = known;
        if (before != null && clock.instant().isBefore(before.until())) {
            return before.credentials();
        }
        AwsCredentials credentials = read();
        known = new Known(credentials, clock.instant().plus(REMEMBERED));
        return credentials;
    }

    /** They were refused: perhaps there are newer ones. */
    void forget() {
        known = null;
    }

    private AwsCredentials read() {
        try {
            String id = secrets.get(keys.accessKeyId()).text().strip();
            String key = secrets.get(keys.secretAccessKey()).text().strip();
            Optional<String> session = Optional.ofNullable(keys.sessionToken())
                    .flatMap(secrets::find)
                    .map(Secret::text)
                    .map(String::strip);
            return session.isPresent()
                    ? AwsSessionCredentials.create(id, key, session.get())
                    : AwsBasicCredentials.create(id, key);
        } catch (SecretMissing e) {
            throw SdkClientException.create(String.valueOf(e.getMessage()), e);
        }
    }
}
