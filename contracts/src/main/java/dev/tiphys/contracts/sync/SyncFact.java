package dev.tiphys.contracts.sync;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.contracts.run.Wait;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A fact about an application, as readers of {@code tiphys.syncs} see it. The key on the topic is the application. */
public sealed interface SyncFact extends Payload {

    /** {@return the Application definition's name} */
    String application();

    /** How a sync ended. */
    enum Outcome {
        /** Applied and healthy. */
        SUCCEEDED,
        /** It could not be applied, or did not become healthy by its deadline. */
        FAILED,
        /** It cannot be applied until a person changes something, for example a manifest that does not parse. */
        STUCK,
        /** Nobody waited for it any more, or a newer command took its place. */
        WITHDRAWN;

        /** {@return the word on the log} */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** {@return the outcome of a word} */
        @JsonCreator
        public static Outcome of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * What is wrong with one object or file.
     *
     * @param object {@code Kind namespace/name}; null if it is about a file that did not parse
     * @param file the path in the repository; null if unknown
     * @param line from 1; null if unknown
     * @param message what is wrong, for a person
     */
    record Problem(
            @Nullable String object,
            @Nullable String file,
            @Nullable Integer line,
            String message) {}

    /** How many objects a sync created, changed, left as they were, and deleted. */
    record Changes(int created, int updated, int unchanged, int pruned) {
        /** Nothing was touched. */
        public static final Changes NONE = new Changes(0, 0, 0, 0);
    }

    /**
     * A sync begins.
     *
     * @param revision the commit, 40 hex digits
     * @param by the run that asked; null if the application syncs itself or a person asked
     */
    @EventType("dev.tiphys.sync.started.v1")
    record SyncStarted(
            String application,
            String operation,
            String revision,
            @Nullable DeployedBy by) implements SyncFact {}

    /** A sync waits, or waits for something else than before. */
    @EventType("dev.tiphys.sync.waiting.v1")
    record SyncWaiting(
            String application,
            String operation,
            @Nullable String revision,
            @Nullable DeployedBy by,
            @JsonProperty("wait") Wait waiting)
            implements SyncFact {}

    /**
     * A sync ended: one fact for each (application, revision, run, attempt).
     *
     * @param revision the commit; null if it could not be found
     * @param message one sentence for a person
     * @param problems what is wrong, the cause first; empty if it succeeded
     */
    @EventType("dev.tiphys.sync.finished.v1")
    record SyncFinished(
            String application,
            String operation,
            @Nullable String revision,
            @Nullable DeployedBy by,
            Outcome outcome,
            String message,
            List<Problem> problems,
            Changes changes)
            implements SyncFact {
        public SyncFinished {
            problems = List.copyOf(problems);
        }
    }

    /** The health of an application changed. */
    @EventType("dev.tiphys.application.health-changed.v1")
    record HealthChanged(
            String application,
            @Nullable String revision,
            HealthStatus from,
            HealthStatus to,
            @Nullable String message) implements SyncFact {}

    /** An application drifted from the revision that it is held to, or came back. */
    @EventType("dev.tiphys.application.drift-changed.v1")
    record DriftChanged(String application, @Nullable String revision, SyncStatus status, List<Problem> drifted)
            implements SyncFact {
        public DriftChanged {
            drifted = List.copyOf(drifted);
        }
    }
}
