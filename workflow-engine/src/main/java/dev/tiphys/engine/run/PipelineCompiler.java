package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.GitUrl;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Action;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles a pipeline into the tree of calls that a run makes. */
final class PipelineCompiler {
    private final Library library;
    private final @Nullable String revision;
    private final @Nullable String repositoryUrl;
    private final List<String> defects = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** @param repositoryUrl the repository that the revision is of; null if any application may be brought to it */
    PipelineCompiler(Library library, @Nullable String revision, @Nullable String repositoryUrl) {
        this.library = library;
        this.revision = revision;
        this.repositoryUrl = repositoryUrl;
    }

    Plan compile(Pipeline pipeline) {
        return new Plan(sequence(pipeline.steps()), sequence(pipeline.always()));
    }

    /** {@return why what was compiled cannot be run, for people; empty if it can} */
    List<String> defects() {
        return List.copyOf(defects);
    }

    private List<Task> sequence(List<Pipeline.Step> steps) {
        List<Task> tasks = new ArrayList<>();
        String previous = null;
        for (Pipeline.Step step : steps) {
            List<String> fallback = previous == null ? List.of() : List.of(previous);
            tasks.add(task(step, fallback));
            previous = step.name();
        }
        checkNeeds(tasks);
        return tasks;
    }

    private List<Task> beside(List<Pipeline.Step> steps) {
        List<Task> tasks = steps.stream().map(step -> task(step, List.of())).toList();
        checkNeeds(tasks);
        return tasks;
    }

    private Task task(Pipeline.Step step, List<String> needsByDefault) {
        if (!names.add(step.name())) {
            defects.add("two steps are named " + step.name());
        }
        List<String> needs = step.needs() == null ? needsByDefault : step.needs();
        return new Task(
                step.name(),
                step.action().kind(),
                body(step),
                needs,
                step.when(),
                step.retry(),
                step.timeout(),
                step.onFailure());
    }

    private Task.Body body(Pipeline.Step step) {
        return switch (step.action()) {
            case Action.Parallel(var steps) -> new Task.Body.Nested(beside(steps));
            case Action.Deploy deploy -> new Task.Body.Leaf(deploy(step, deploy));
            case Action.Jenkins _, Action.Job _, Action.Http _, Action.Approval _, Action.Pause _, Action.Say _ ->
                new Task.Body.Leaf(Json.tree(step.action()));
        };
    }

    private JsonNode deploy(Pipeline.Step step, Action.Deploy deploy) {
        ObjectNode action = Json.mapper().createObjectNode();
        action.put("application", deploy.application());
        action.put("revision", deploy.revision());
        if (deploy.application().contains("${{")) {
            return action;
        }
        Application application =
                library.find(Application.class, deploy.application()).orElse(null);
        if (application == null) {
            defects.add("step " + step.name() + " deploys application " + deploy.application()
                    + ", which is not defined; apply an Application of that name");
            return action;
        }
        if (application.automated() != null) {
            defects.add("step " + step.name() + " deploys application " + deploy.application()
                    + ", which syncs itself; remove its syncPolicy.automated or the step");
        }
        if (deploy.revision() == null && isOfThisChange(application)) {
            action.put("revision", revision);
        }
        return action;
    }

    private boolean isOfThisChange(Application application) {
        return repositoryUrl == null
                || GitUrl.normalised(repositoryUrl)
                        .equals(GitUrl.normalised(application.source().repoUrl()));
    }

    private void checkNeeds(List<Task> tasks) {
        Set<String> earlier = new HashSet<>();
        List<Task> left = new ArrayList<>(tasks);
        boolean found = true;
        while (found) {
            found = left.removeIf(task -> {
                boolean isReady = earlier.containsAll(task.needs());
                if (isReady) {
                    earlier.add(task.name());
                }
                return isReady;
            });
        }
        for (Task task : left) {
            List<String> missing = task.needs().stream()
                    .filter(need -> !earlier.contains(need))
                    .toList();
            defects.add("step " + task.name() + " needs " + String.join(", ", missing)
                    + ", which is not beside it or needs it in turn");
        }
    }
}
