package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline. Texts may hold CEL expressions in <code>${{ }}</code>; they stand here unevaluated.
 *
 * @param concurrency null if its runs do not wait for each other
 * @param card {@code notify} in YAML; null if nobody asked for a card
 * @param parameters by name, in the order of their declaration
 * @param always steps that run at the end, whatever happened; {@code finally} in YAML
 */
public record Pipeline(
        DefinitionKey key,
        List<Trigger> on,
        @Nullable Concurrency concurrency,
        @Nullable Notify card,
        Map<String, Parameter> parameters,
        List<Step> steps,
        List<Step> always)
        implements Definition {

    public Pipeline {
        on = List.copyOf(on);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        steps = List.copyOf(steps);
        always = List.copyOf(always);
    }

    /** What starts a run. */
    public sealed interface Trigger {
        /**
         * A push to a repository.
         *
         * @param repository the Repository definition's name
         * @param branches globs; empty means every branch where there are no {@code tags}, else none
         * @param tags globs; empty means no tag
         * @param paths globs of changed paths; empty means any
         */
        record Push(String repository, List<String> branches, List<String> tags, List<String> paths)
                implements Trigger {
            public Push {
                branches = List.copyOf(branches);
                tags = List.copyOf(tags);
                paths = List.copyOf(paths);
            }
        }

        /**
         * An event of a Source, or of an EventSource of Argo's.
         *
         * @param types the sender's types, or the names of the EventSource's events; empty means any
         * @param when a CEL condition over {@code event}; null means always
         */
        record FromSource(
                String source, List<String> types, @Nullable String when) implements Trigger {
            public FromSource {
                types = List.copyOf(types);
            }

            public FromSource(String source, List<String> types) {
                this(source, types, null);
            }
        }

        /**
         * A message of a Queue.
         *
         * @param when a CEL condition over {@code event}; null means always
         */
        record Message(String queue, @Nullable String when) implements Trigger {}

        /**
         * Times.
         *
         * @param cron minute, hour, day of month, month and day of week
         * @param timeZone of the IANA database, for example {@code Europe/Vienna}
         * @param missed what happens to times that passed while nobody was there to notice
         * @param jitter each time is put off by up to this, always by the same for the same pipeline and time
         */
        record Schedule(String cron, String timeZone, Missed missed, Duration jitter) implements Trigger {}
    }

    /** What happens to times of a schedule that passed while nobody was there to notice. */
    public enum Missed {
        /** Nothing. */
        SKIP,
        /** One run, for the last of them. */
        LATEST,
        /** A run for each. */
        ALL
    }

    /** Runs with the same key wait for each other, across pipelines. */
    public record Concurrency(String key, Rule rule) {}

    /** Which of the runs with one key go on. */
    public enum Rule {
        /** All at once. */
        PARALLEL,
        /** One at a time, in order. */
        SEQUENTIAL,
        /** One at a time; of those that wait only the newest goes on, the others are superseded. */
        LATEST
    }

    /** Where the run's card goes; {@code workspace} is a SlackWorkspace's name, by default {@code default}. */
    public record Notify(String slack, String workspace) {}

    /** A parameter of a start by hand; {@code fallback} is its default, null if it must be given. */
    public record Parameter(ParameterType type, @Nullable JsonNode fallback, List<String> options, String description) {
        public Parameter {
            options = List.copyOf(options);
        }
    }

    /** What a parameter's value must be. */
    public enum ParameterType {
        STRING,
        NUMBER,
        BOOLEAN
    }

    /**
     * A step.
     *
     * @param needs the steps that must be through before it; null for the default: the step before it
     * @param when a CEL condition; null means always. False skips the step, and what follows still runs
     * @param timeout from the beginning of an attempt, waits for turns and people not counted; null means none given
     */
    public record Step(
            String name,
            Action action,
            @Nullable List<String> needs,
            @Nullable String when,
            @Nullable Retry retry,
            @Nullable Duration timeout,
            OnFailure onFailure) {
        public Step {
            needs = needs == null ? null : List.copyOf(needs);
        }
    }

    /** What a failed step means for the rest. */
    public enum OnFailure {
        /** The run ends failed; what runs beside it is cancelled. */
        HALT,
        /** What needs it does not run; other branches do; the run may succeed. */
        HALT_BRANCH,
        /** As {@link #HALT_BRANCH}, and the run fails when the other branches are through. */
        HALT_BRANCH_THEN_FAIL,
        /** As if it had succeeded. */
        IGNORE
    }

    /**
     * Another attempt after a failure.
     *
     * @param limit how many more attempts, at least 1
     * @param backoff the pause before the second attempt
     * @param factor by which the pause grows
     * @param maxBackoff the longest pause
     * @param jitter the part of the pause, 0 to 1, that is random
     */
    public record Retry(int limit, Duration backoff, double factor, Duration maxBackoff, double jitter) {}

    /** What a step does. */
    public sealed interface Action {

        /** {@return the word for it in YAML and in answers} */
        String kind();

        /**
         * Bring an application to a revision and wait until it is healthy.
         *
         * @param revision null for the event's revision, where the application's repository is the event's, else for what the
         *     application's {@code targetRevision} points to
         */
        record Deploy(String application, @Nullable String revision) implements Action {
            @Override
            public String kind() {
                return "deploy";
            }
        }

        /** Run a Jenkins job and take its result. */
        record Jenkins(String server, String job, Map<String, String> parameters, Unstable unstable) implements Action {
            public Jenkins {
                parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            }

            @Override
            public String kind() {
                return "jenkins";
            }
        }

        /**
         * Run a Kubernetes Job and take its result.
         *
         * @param resources as in a container's {@code resources}; null for none
         * @param timeToLive how long the finished Job stays
         */
        record Job(
                String namespace,
                String image,
                List<String> command,
                List<String> arguments,
                Map<String, EnvironmentValue> environment,
                @Nullable JsonNode resources,
                @Nullable String serviceAccount,
                Map<String, String> annotations,
                Duration timeToLive)
                implements Action {
            public Job {
                command = List.copyOf(command);
                arguments = List.copyOf(arguments);
                environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
                annotations = Map.copyOf(annotations);
            }

            @Override
            public String kind() {
                return "job";
            }
        }

        /**
         * Call an HTTP server.
         *
         * @param body a text or a tree whose texts may hold expressions; null for none
         * @param expectedStatus the codes that are a success; empty means 200 to 299
         */
        record Http(
                String method,
                String url,
                Map<String, HeaderValue> headers,
                @Nullable JsonNode body,
                List<Integer> expectedStatus)
                implements Action {
            public Http {
                headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
                expectedStatus = List.copyOf(expectedStatus);
            }

            @Override
            public String kind() {
                return "http";
            }
        }

        /** Wait for a person; {@code message} says what is approved. A timeout rejects. */
        record Approval(String message) implements Action {
            @Override
            public String kind() {
                return "approval";
            }
        }

        /** Wait for a time. */
        record Pause(Duration duration) implements Action {
            @Override
            public String kind() {
                return "wait";
            }
        }

        /** Say something. */
        record Say(String slack, String workspace, String text) implements Action {
            @Override
            public String kind() {
                return "notify";
            }
        }

        /** Steps that run beside each other. */
        record Parallel(List<Step> steps) implements Action {
            public Parallel {
                steps = List.copyOf(steps);
            }

            @Override
            public String kind() {
                return "parallel";
            }
        }
    }

    /** What an UNSTABLE build means. */
    public enum Unstable {
        FAIL,
        SUCCEED
    }

    /** A value of a container's environment. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({
        @JsonSubTypes.Type(EnvironmentValue.Text.class),
        @JsonSubTypes.Type(EnvironmentValue.FromSecret.class)
    })
    public sealed interface EnvironmentValue {
        /** A text that may hold expressions. */
        record Text(String text) implements EnvironmentValue {}

        /** A key of a Secret in the Job's own namespace: Kubernetes resolves it, it never passes through here. */
        record FromSecret(SecretRef secret) implements EnvironmentValue {}
    }

    /** A value of a request's header. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(HeaderValue.Text.class), @JsonSubTypes.Type(HeaderValue.FromSecret.class)})
    public sealed interface HeaderValue {
        /** A text that may hold expressions. */
        record Text(String text) implements HeaderValue {}

        /** A secret, resolved when the request is made. */
        record FromSecret(SecretRef secret) implements HeaderValue {}
    }
}
