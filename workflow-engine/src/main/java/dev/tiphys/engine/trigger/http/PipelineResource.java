package dev.tiphys.engine.trigger.http;

import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Action;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** The pipelines that can be started. */
@Singleton
@Path("/api/pipelines")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
final class PipelineResource {
    private final Libraries libraries;

    PipelineResource(Libraries libraries) {
        this.libraries = libraries;
    }

    /** A pipeline. */
    record PipelineAnswer(
            String name,
            List<TriggerAnswer> on,
            Pipeline.@Nullable Concurrency concurrency,
            Map<String, Pipeline.Parameter> parameters,
            List<StepAnswer> steps) {

        static PipelineAnswer of(Pipeline pipeline) {
            List<StepAnswer> steps = new ArrayList<>();
            collect(pipeline.steps(), steps);
            collect(pipeline.always(), steps);
            return new PipelineAnswer(
                    pipeline.name(),
                    pipeline.on().stream().map(TriggerAnswer::of).toList(),
                    pipeline.concurrency(),
                    pipeline.parameters(),
                    steps);
        }

        private static void collect(List<Pipeline.Step> steps, List<StepAnswer> into) {
            for (Pipeline.Step step : steps) {
                into.add(new StepAnswer(step.name(), step.action().kind()));
                if (step.action() instanceof Action.Parallel(var inside)) {
                    collect(inside, into);
                }
            }
        }
    }

    /** A step in the order of declaration; those of a group follow it. */
    record StepAnswer(String name, String kind) {}

    /**
     * A trigger: {@code push}, {@code source}, {@code message} or {@code schedule}.
     *
     * @param from the repository, the source, the queue, or the cron expression
     * @param branches globs of a push, as are {@code tags} and {@code paths}
     * @param types of a source
     * @param when the condition of a source or a message; null if there is none
     * @param schedule null if it is none
     */
    record TriggerAnswer(
            String kind,
            String from,
            List<String> branches,
            List<String> tags,
            List<String> paths,
            List<String> types,
            @Nullable String when,
            @Nullable Times schedule) {

        /** When a schedule fires. */
        record Times(String cron, String timeZone, String missed, Duration jitter) {}

        static TriggerAnswer of(Trigger trigger) {
            return switch (trigger) {
                case Trigger.Push push ->
                    new TriggerAnswer(
                            "push",
                            push.repository(),
                            push.branches(),
                            push.tags(),
                            push.paths(),
                            List.of(),
                            null,
                            null);
                case Trigger.FromSource source -> other("source", source.source(), source.types(), source.when(), null);
                case Trigger.Message message -> other("message", message.queue(), List.of(), message.when(), null);
                case Trigger.Schedule(var cron, var timeZone, var missed, var jitter) -> {
                    Times times = new Times(cron, timeZone, missed.name().toLowerCase(Locale.ROOT), jitter);
                    yield other("schedule", cron, List.of(), null, times);
                }
            };
        }

        private static TriggerAnswer other(
                String kind, String from, List<String> types, @Nullable String when, @Nullable Times schedule) {
            return new TriggerAnswer(kind, from, List.of(), List.of(), List.of(), types, when, schedule);
        }
    }

    @GET
    @Operation(summary = "The pipelines with their newest runs")
    public Page<PipelineAnswer> list() {
        List<PipelineAnswer> all = libraries.now().ofKind(Pipeline.class).stream()
                .sorted(Comparator.comparing(Pipeline::name))
                .map(PipelineAnswer::of)
                .toList();
        return new Page<>(all, null);
    }

    @GET
    @Path("/{name}")
    @Operation(summary = "A pipeline")
    public PipelineAnswer get(@PathParam("name") String name) {
        return libraries
                .now()
                .find(Pipeline.class, name)
                .map(PipelineAnswer::of)
                .orElseThrow(() -> ProblemException.notFound("there is no pipeline " + name));
    }
}
