package dev.tiphys.gateway.queue.sqs;

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

/** Credentials of a secret, read again now and then, so that new ones need no restart. Thread-safe. */
final class SqsCredentials implements AwsCredentialsProvider {
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    private final Secrets secrets;
    private final String name;
    private final Clock clock;
    private volatile @Nullable Known known;

    private record Known(AwsCredentials credentials, Instant until) {}

    SqsCredentials(Secrets secrets, String name, Clock clock) {
        this.secrets = secrets;
        this.name = name;
        this.clock = clock;
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
            String id = secrets.get(new SecretRef(name, "accessKeyId")).text().strip();
            String key =
                    secrets.get(new SecretRef(name, "secretAccessKey")).text().strip();
            Optional<String> session = secrets.find(new SecretRef(name, "sessionToken"))
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
