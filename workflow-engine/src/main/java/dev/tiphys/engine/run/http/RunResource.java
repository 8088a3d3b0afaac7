package dev.tiphys.engine.run.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Charters;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunIds;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.RunInput.Judgement;
import dev.tiphys.engine.run.RunInput.Stop;
import dev.tiphys.engine.run.RunRules;
import dev.tiphys.engine.run.RunView;
import dev.tiphys.engine.run.RunViews;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.run.http.RunAnswers.CancelRequest;
import dev.tiphys.engine.run.http.RunAnswers.CommentRequest;
import dev.tiphys.engine.run.http.RunAnswers.RetryRequest;
import dev.tiphys.engine.run.http.RunAnswers.RunAnswer;
import dev.tiphys.engine.run.http.RunAnswers.StartRequest;
import dev.tiphys.platform.http.Actor;
import dev.tiphys.platform.http.JsonBody;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Runs: look, start, cancel, retry, approve. */
@Singleton
@Path("/api/runs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
final class RunResource {
    private static final int LARGEST_PAGE = 200;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
    private static final String START_KEY = "Idempotency-Key";

    private final RunViews views;
    private final Runs runs;
    private final Charters charters;
    private final Libraries libraries;
    private final Clock clock;

    RunResource(RunViews views, Runs runs, Charters charters, Libraries libraries, Clock clock) {
        this.views = views;
        this.runs = runs;
        this.charters = charters;
        this.libraries = libraries;
        this.clock = clock;
    }

    @GET
    @Operation(summary = "The newest runs first, by pipeline, state or revision")
    public Page<RunAnswer> list(
            @QueryParam("pipeline") @Nullable String pipeline,
            @QueryParam("state") @Nullable String state,
            @QueryParam("revision") @Nullable String revision,
            @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", defaultValue = "50"))
                    @QueryParam("limit")
                    @DefaultValue("50")
                    String limit,
            @QueryParam("after") @Nullable String after) {
        int size = Page.size(limit, LARGEST_PAGE);
        if (after != null && !RunIds.isOne(after)) {
            throw ProblemException.badRequest(
                    "after must be the id of a run, as next of a page gives it, and is " + after);
        }
        List<RunView> found = views.list(new RunViews.Filter(pipeline, word(state), revision), size + 1, after);
        boolean isMore = found.size() > size;
        List<RunAnswer> items = found.stream().limit(size).map(RunAnswer::of).toList();
        return new Page<>(items, isMore ? items.getLast().id() : null);
    }

    private static @Nullable String word(@Nullable String state) {
        if (state == null) {
            return null;
        }
        try {
            return RunState.of(state).word();
        } catch (IllegalArgumentException e) {
            String known = Stream.of(RunState.values()).map(RunState::word).collect(Collectors.joining(", "));
            throw (ProblemException) ProblemException.badRequest("there is no state " + state + "; states are " + known)
                    .initCause(e);
        }
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "A run with its steps")
    public RunAnswer get(@PathParam("id") String id) {
        return RunAnswer.of(view(id));
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Starts a pipeline by hand")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = StartRequest.class)))
    @APIResponse(
            responseCode = "201",
            description = "The run; that of before if a start of the same Idempotency-Key was made before",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RunAnswer.class)))
    public Response start(@Nullable String body, @Context HttpHeaders headers) {
        StartRequest request = JsonBody.read(body, StartRequest.class);
        if (request == null || request.pipeline() == null) {
            throw ProblemException.badRequest("name the pipeline: {\"pipeline\": \"…\"}");
        }
        Library library = libraries.now();
        Pipeline pipeline = library.find(Pipeline.class, request.pipeline())
                .orElseThrow(() -> ProblemException.notFound("there is no pipeline " + request.pipeline()));
        Map<String, JsonNode> parameters =
                request.parameters() == null ? Map.of() : Charters.typed(pipeline, request.parameters());
        List<Finding> findings = Charters.check(pipeline, parameters);
        if (!findings.isEmpty()) {
            throw ProblemException.unprocessable(
                    "pipeline " + pipeline.name() + " cannot be started with these parameters", findings);
        }
        String revision = revision(request.revision());
        String actor = Actor.of(headers).name();
        Instant now = clock.instant();
        String given = headers.getHeaderString(START_KEY);
        String key = "by-hand/" + (given == null ? UUID.randomUUID().toString() : given);
        Charter charter =
                charters.byHand(pipeline, new Charters.ByHand(key, parameters, revision, actor, now), library);
        Runs.Action action = new Runs.Action(actor, "start", "pipeline " + pipeline.name(), null);
        Decision decision = handle(charter.id(), new RunInput.Start(charter), action);
        RunView started = switch (decision) {
            // These are all the facts of the run, unless its line gave it a word in the same transaction.
            case Decision.Accepted(var events)
            when charter.line() == null && RunRules.replay(events) instanceof Run.Present run -> RunView.of(run);
            case Decision.Accepted _ -> view(charter.id());
            case Decision.Refused _ -> view(runs.startedBy(pipeline.name(), key).orElse(charter.id()));
        };
        return Response.created(URI.create("/api/runs/" + started.id()))
                .entity(RunAnswer.of(started))
                .build();
    }

    private static @Nullable String revision(@Nullable String given) {
        if (given == null || given.isBlank()) {
            return null;
        }
        String revision = given.strip().toLowerCase(Locale.ROOT);
        if (!COMMIT.matcher(revision).matches()) {
            Finding finding = new Finding(
                    Finding.Severity.ERROR, null, 0, 0, "revision", "it must be a whole commit of 40 hex digits");
            throw ProblemException.unprocessable("revision " + given + " is no commit", List.of(finding));
        }
        return revision;
    }

    @POST
    @Path("/{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Cancels a run: kill, finally or drain")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CancelRequest.class)))
    public RunAnswer cancel(@PathParam("id") String id, @Nullable String body, @Context HttpHeaders headers) {
        CancelRequest request = JsonBody.read(body, CancelRequest.class);
        String actor = Actor.of(headers).name();
        String mode = request == null || request.mode() == null ? "finally" : request.mode();
        String reason = request == null ? null : request.reason();
        Stop stop;
        try {
            stop = Stop.valueOf(mode.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw (ProblemException) ProblemException.badRequest("mode is kill, finally or drain, not " + mode)
                    .initCause(e);
        }
        return act(id, new RunInput.Cancel(stop, actor, reason), new Runs.Action(actor, "cancel", "run " + id, reason));
    }

    @POST
    @Path("/{id}/retry")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Retries a run from its failed step")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RetryRequest.class)))
    public RunAnswer retry(@PathParam("id") String id, @Nullable String body, @Context HttpHeaders headers) {
        var _ = JsonBody.read(body, RetryRequest.class);
        String actor = Actor.of(headers).name();
        return act(id, new RunInput.Retry(actor), new Runs.Action(actor, "retry", "run " + id, null));
    }

    @POST
    @Path("/{id}/steps/{step}/approve")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Approves a step that waits for a person")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CommentRequest.class)))
    public RunAnswer approve(
            @PathParam("id") String id,
            @PathParam("step") String step,
            @Nullable String body,
            @Context HttpHeaders headers) {
        return judge(id, step, Judgement.APPROVE, body, headers);
    }

    @POST
    @Path("/{id}/steps/{step}/reject")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Rejects a step that waits for a person")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CommentRequest.class)))
    public RunAnswer reject(
            @PathParam("id") String id,
            @PathParam("step") String step,
            @Nullable String body,
            @Context HttpHeaders headers) {
        return judge(id, step, Judgement.REJECT, body, headers);
    }

    private RunAnswer judge(String id, String step, Judgement judgement, @Nullable String body, HttpHeaders headers) {
        CommentRequest request = JsonBody.read(body, CommentRequest.class);
        String actor = Actor.of(headers).name();
        String comment = request == null ? null : request.comment();
        String verb = judgement.name().toLowerCase(Locale.ROOT);
        return act(
                id,
                new RunInput.Judge(step, judgement, actor, comment),
                new Runs.Action(actor, verb, "run " + id + "/steps/" + step, comment));
    }

    @GET
    @Path("/{id}/steps/{step}/log")
    @Produces(MediaType.TEXT_PLAIN)
    @Operation(summary = "The log of a step, from a position on")
    public String log(
            @PathParam("id") String id,
            @PathParam("step") String step,
            @QueryParam("from") @DefaultValue("0") long from) {
        return views.log(id, step, Math.max(0, from))
                .orElseThrow(() -> ProblemException.notFound("there is no step " + step + " in a run " + id));
    }

    private RunAnswer act(String id, RunInput input, Runs.Action action) {
        return switch (handle(id, input, action)) {
            case Decision.Accepted _ -> RunAnswer.of(view(id));
            case Decision.Refused(var why, var detail) ->
                throw switch (why) {
                    case UNKNOWN -> ProblemException.notFound(detail);
                    case INVALID -> ProblemException.unprocessable(detail, List.of());
                    case DUPLICATE, STALE, NOT_NOW -> ProblemException.conflict(detail);
                };
        };
    }

    private Decision handle(String id, RunInput input, Runs.Action action) {
        try {
            return runs.handle(id, input, action).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RunsUnavailable unavailable) {
                throw (ProblemException)
                        ProblemException.unavailable(String.valueOf(unavailable.getMessage()), RETRY_AFTER)
                                .initCause(e);
            }
            throw e;
        }
    }

    private RunView view(String id) {
        return views.find(id).orElseThrow(() -> ProblemException.notFound("there is no run " + id));
    }
}
