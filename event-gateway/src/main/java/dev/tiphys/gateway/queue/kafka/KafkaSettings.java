package dev.tiphys.gateway.queue.kafka;

import dev.tiphys.contracts.definition.Queue.KafkaKeys;
import dev.tiphys.contracts.definition.Queue.KafkaSecurity;
import dev.tiphys.contracts.definition.Queue.Transport.Kafka;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.SecretMissing;
import dev.tiphys.platform.secret.Secrets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/** What a consumer of somebody else's topic is told. */
final class KafkaSettings {
    private static final int REQUEST_TIMEOUT_MS = 5_000;

    private KafkaSettings() {}

    static Map<String, Object> of(Kafka source, Secrets secrets) throws SecretMissing {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, source.servers());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, source.group());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "tiphys-" + source.group());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, source.from().name().toLowerCase(Locale.ROOT));
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2 * REQUEST_TIMEOUT_MS);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
        KafkaSecurity security = source.security();
        if (security != null) {
            secure(settings, security, secrets);
        }
        return settings;
    }

    private static void secure(Map<String, Object> settings, KafkaSecurity security, Secrets secrets)
            throws SecretMissing {
        settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, security.protocol());
        KafkaKeys keys = keys(security);
        SecretRef ca = keys.ca();
        if (ca != null) {
            secrets.find(ca).map(Secret::text).ifPresent(pem -> {
                settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
                settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem);
            });
        }
        String mechanism = security.mechanism();
        SecretRef username = keys.username();
        SecretRef password = keys.password();
        if (mechanism != null && username != null && password != null) {
            settings.put(SaslConfigs.SASL_MECHANISM, mechanism);
            settings.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    module(mechanism) + " required username=\"" + quoted(secrets, username) + "\" password=\""
                            + quoted(secrets, password) + "\";");
        }
    }

    private static KafkaKeys keys(KafkaSecurity security) {
        String name = security.credentials();
        KafkaKeys keys = security.keys();
        if (name != null) {
            return new KafkaKeys(
                    new SecretRef(name, "username"), new SecretRef(name, "password"), new SecretRef(name, "ca"));
        }
        return keys == null ? new KafkaKeys(null, null, null) : keys;
    }

    private static String module(String mechanism) {
        return mechanism.startsWith("SCRAM-")
                ? "org.apache.kafka.common.security.scram.ScramLoginModule"
                : "org.apache.kafka.common.security.plain.PlainLoginModule";
    }

    private static String quoted(Secrets secrets, SecretRef ref) throws SecretMissing {
        return secrets.get(ref).text().strip().replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
