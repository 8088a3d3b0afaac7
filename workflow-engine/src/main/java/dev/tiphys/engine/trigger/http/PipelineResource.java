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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

    /** A trigger; of a push the last three are globs, of a source {@code types} says which. */
    record TriggerAnswer(
            String kind,
            String from,
            List<String> branches,
            List<String> tags,
            List<String> paths,
            List<String> types) {
        static TriggerAnswer of(Trigger trigger) {
            return switch (trigger) {
                case Trigger.Push push ->
                    new TriggerAnswer("push", push.repository(), push.branches(), push.tags(), push.paths(), List.of());
                case Trigger.FromSource source ->
                    new TriggerAnswer("source", source.source(), List.of(), List.of(), List.of(), source.types());
                case Trigger.Message message ->
                    new TriggerAnswer("message", message.queue(), List.of(), List.of(), List.of(), List.of());
                case Trigger.Schedule schedule ->
                    new TriggerAnswer("schedule", schedule.cron(), List.of(), List.of(), List.of(), List.of());
            };
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
