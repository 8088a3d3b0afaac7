package dev.tiphys.engine.work.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.EnvironmentValue;
import dev.tiphys.engine.work.LeafWork;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the Job of an attempt. The same attempt always has the same name. */
final class JobManifest {
    static final String CONTAINER = "step";
    /** On the Job's pods: its value is the Job's name. */
    static final String JOB_LABEL = "tiphys.dev/job";
    /** On the Job: which attempt it belongs to. */
    static final String ATTEMPT = "tiphys.dev/attempt";

    /** A finished Job stays for so long at least, so that an engine that was away still finds its result. */
    private static final Duration SHORTEST_LIFE = Duration.ofMinutes(5);

    private static final int MAX_NAME = 63;
    private static final int HASH_LENGTH = 12;

    private JobManifest() {}

    static String name(LeafWork work) {
        String readable = (work.pipeline() + "-" + work.step())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^[^a-z]+", "");
        int room = MAX_NAME - HASH_LENGTH - 1;
        String cut = readable.substring(0, Math.min(readable.length(), room)).replaceAll("-+$", "");
        return (cut.isEmpty() ? "job" : cut) + "-" + hash(work.idempotencyKey());
    }

    /** @param left the time until the attempt's deadline */
    static Job write(LeafWork work, Pipeline.Action.Job action, Duration left) {
        String name = name(work);
        Map<String, String> labels = Map.of("app.kubernetes.io/managed-by", "tiphys", JOB_LABEL, name);
        JobBuilder job = new JobBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(action.namespace())
                .withLabels(labels)
                .addToAnnotations(ATTEMPT, work.idempotencyKey())
                .addToAnnotations("tiphys.dev/pipeline", work.pipeline())
                .endMetadata()
                .withNewSpec()
                .withBackoffLimit(0)
                .withActiveDeadlineSeconds(Math.max(1, left.toSeconds()))
                .withTtlSecondsAfterFinished(
                        (int) Math.clamp(action.timeToLive().toSeconds(), SHORTEST_LIFE.toSeconds(), Integer.MAX_VALUE))
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(action.annotations())
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withServiceAccountName(action.serviceAccount())
                .addNewContainer()
                .withName(CONTAINER)
                .withImage(action.image())
                .withCommand(action.command())
                .withArgs(action.arguments())
                .withEnv(environment(action))
                .withResources(resources(action.resources()))
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec();
        return job.build();
    }

    private static List<EnvVar> environment(Pipeline.Action.Job action) {
        return action.environment().entrySet().stream()
                .map(variable -> switch (variable.getValue()) {
                    case EnvironmentValue.Text(String text) ->
                        new EnvVarBuilder()
                                .withName(variable.getKey())
                                .withValue(text)
                                .build();
                    case EnvironmentValue.FromSecret(var secret) ->
                        new EnvVarBuilder()
                                .withName(variable.getKey())
                                .withNewValueFrom()
                                .withNewSecretKeyRef(secret.key(), secret.name(), false)
                                .endValueFrom()
                                .build();
                })
                .toList();
    }

    private static ResourceRequirements resources(@org.jspecify.annotations.Nullable JsonNode resources) {
        return resources == null || resources.isNull()
                ? new ResourceRequirements()
                : new KubernetesSerialization().convertValue(resources, ResourceRequirements.class);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
