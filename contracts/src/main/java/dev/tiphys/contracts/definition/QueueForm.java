package dev.tiphys.contracts.definition;

import dev.tiphys.contracts.definition.Queue.From;
import dev.tiphys.contracts.definition.Queue.KafkaSecurity;
import dev.tiphys.contracts.definition.Queue.Transport;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a Queue. */
final class QueueForm {
    static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");

    private static final List<String> PROTOCOLS = List.of("SSL", "SASL_SSL", "SASL_PLAINTEXT");
    private static final List<String> TRANSPORTS = List.of("sqs", "kafka");
    private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+");
    private static final Pattern AWS_HOST =
            Pattern.compile("sqs(?:-fips)?\\.([a-z0-9-]+)\\.(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)");

    private QueueForm() {}

    static @Nullable Definition queue(DefinitionKey key, Fields spec) {
        Fields sqs = spec.optionalMapping("sqs");
        Fields kafka = spec.optionalMapping("kafka");
        if (spec.there() && (sqs == null) == (kafka == null)) {
            spec.inspection()
                    .error(
                            spec.path(),
                            "expected either " + Fields.either(TRANSPORTS) + ", met "
                                    + (sqs == null ? "none" : "both"));
        }
        String deduplicateBy = spec.optionalText("deduplicateBy");
        int maxReceives = spec.whole("maxReceives", Queue.DEFAULT_MAX_RECEIVES, 1, 1000);
        Transport transport = null;
        if (sqs != null) {
            transport = sqs(sqs);
        }
        if (kafka != null) {
            transport = kafka(kafka, key.name());
        }
        spec.end();
        return spec.inspection().failed() || transport == null
                ? null
                : new Queue(key, transport, deduplicateBy, maxReceives);
    }

    private static Transport sqs(Fields sqs) {
        String url = sqs.checked("queueUrl", Syntax::wrongWithFixedUrl);
        String region = sqs.has("region") ? sqs.text("region", REGION, "a region such as eu-central-1") : regionOf(url);
        if (region == null) {
            if (!url.isBlank() && Syntax.wrongWithFixedUrl(url) == null) {
                sqs.inspection()
                        .error(
                                sqs.path(),
                                "the field \"region\" is missing: expected a region such as eu-central-1, because the"
                                        + " queueUrl is none of AWS that names it");
            }
            region = "";
        }
        String endpoint = sqs.has("endpoint") ? sqs.checked("endpoint", Syntax::wrongWithFixedUrl) : null;
        String credentials = sqs.optionalSecretName("credentials");
        sqs.end();
        return new Transport.Sqs(url, region, endpoint, credentials);
    }

    private static @Nullable String regionOf(String url) {
        if (Syntax.wrongWithFixedUrl(url) != null) {
            return null;
        }
        Matcher host = AWS_HOST.matcher(URI.create(url).getHost());
        return host.matches() ? host.group(1) : null;
    }

    private static Transport kafka(Fields kafka, String name) {
        String servers = kafka.checked("servers", Syntax::wrongWithServers);
        String topic = kafka.text("topic", Syntax.TOPIC, "the name of a topic: letters, digits, ., _ and -");
        String group = kafka.text("group", "tiphys-" + name);
        From from = kafka.word("from", From.class, From.LATEST);
        KafkaSecurity security = security(kafka.optionalMapping("security"));
        kafka.end();
        return new Transport.Kafka(servers, topic, group, from, security);
    }

    private static @Nullable KafkaSecurity security(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        if (fields.there() && !fields.has("protocol")) {
            fields.text("protocol");
        }
        String protocol = fields.oneOf("protocol", PROTOCOLS, "");
        String mechanism = fields.has("mechanism") ? fields.oneOf("mechanism", MECHANISMS, "") : null;
        String credentials = fields.optionalSecretName("credentials");
        if (protocol.startsWith("SASL") && (mechanism == null || credentials == null)) {
            fields.inspection()
                    .error(
                            fields.path(),
                            "with " + protocol + " expected a mechanism (" + Fields.either(MECHANISMS)
                                    + ") and credentials: {secretRef: {name}} with the keys username and password");
        }
        if (protocol.equals("SSL") && mechanism != null) {
            fields.inspection()
                    .error(fields.path("mechanism"), "a mechanism belongs to SASL_SSL or SASL_PLAINTEXT, met SSL");
        }
        if (protocol.equals("SASL_PLAINTEXT")) {
            fields.inspection()
                    .warning(fields.path("protocol"), "messages go unencrypted, and with PLAIN the password, too");
        }
        fields.end();
        return new KafkaSecurity(protocol, mechanism, credentials);
    }
}
