package dev.tiphys.contracts.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.contracts.run.Wait;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The present status of an application: the record on {@code tiphys.applications} and the answer of the HTTP interface.
 *
 * @param revision the commit that the application is held to, and that is compared with; null before the first sync
 * @param pinnedBy the run that deployed that commit; null if the application follows its {@code targetRevision} itself
 * @param behind the newest commit of {@code targetRevision} where it is another one than {@code revision}: information, not
 *     drift; null if none is known
 * @param operation the last or present sync; null before the first
 * @param conditions what is wrong with the application as a whole, in Argo CD's types
 * @param resources its objects, in the order in which they are applied
 * @param history its deployments, newest first
 */
@EventType("dev.tiphys.application.status.v1")
public record ApplicationStatus(
        String name,
        String project,
        Destination destination,
        Source source,
        SyncStatus sync,
        HealthStatus health,
        @Nullable String healthMessage,
        @Nullable String revision,
        @Nullable DeployedBy pinnedBy,
        @Nullable String behind,
        @Nullable Operation operation,
        List<Condition> conditions,
        List<Resource> resources,
        List<Deployment> history)
        implements Payload {

    public ApplicationStatus {
        conditions = List.copyOf(conditions);
        resources = List.copyOf(resources);
        history = List.copyOf(history);
    }

    /** Where an application runs. */
    public record Destination(String server, String namespace) {}

    /** Where an application's manifests come from. */
    public record Source(String repoUrl, String path, String targetRevision) {}

    /** How far a sync is. */
    public enum Phase {
        Running,
        Succeeded,
        Failed,
        Error,
        Terminating
    }

    /** A sync: {@code finishedAt} is null while it runs; {@code waiting} says what it waits for, if it does. */
    public record Operation(
            String id,
            Phase phase,
            String message,
            Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable String revision,
            @Nullable DeployedBy by,
            @JsonProperty("wait") @Nullable Wait waiting) {}

    /** For example {@code ComparisonError}, with a sentence. */
    public record Condition(String type, String message, Instant since) {}

    /** One object: its place in the cluster, whether it is as Git says, and how it does. */
    public record Resource(
            String group,
            String version,
            String kind,
            @Nullable String namespace,
            String name,
            SyncStatus sync,
            @Nullable HealthStatus health,
            @Nullable String message) {}

    /** One entry of the history; {@code id} counts from 1 and names the entry in a rollback. */
    public record Deployment(
            long id,
            String revision,
            Instant deployedAt,
            @Nullable DeployedBy by,
            @Nullable String actor) {}
}
