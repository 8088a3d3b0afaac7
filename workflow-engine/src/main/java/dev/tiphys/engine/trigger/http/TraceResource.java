package dev.tiphys.engine.trigger.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.trigger.Arrivals;
import dev.tiphys.engine.trigger.Ruling;
import dev.tiphys.platform.http.JsonBody;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.jspecify.annotations.Nullable;

/** Tries out what an event would start that never was. */
@Singleton
@Path("/api/trace")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
final class TraceResource {
    private static final String ID = "trial";

    private final Arrivals arrivals;
    private final Libraries libraries;
    private final Clock clock;

    TraceResource(Arrivals arrivals, Libraries libraries, Clock clock) {
        this.arrivals = arrivals;
        this.libraries = libraries;
        this.clock = clock;
    }

    /** An event as it would be on the log, and definitions that are taken instead of those of the same kind and name. */
    record Trial(@Nullable JsonNode event, @Nullable String definitions) {}

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "What would be decided about an event that never was; starts nothing")
    @RequestBody(
            required = true,
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Trial.class)))
    public EventResource.Trace trial(@Nullable String body) {
        Trial trial = JsonBody.read(body, Trial.class);
        if (trial == null) {
            throw ProblemException.badRequest("the body is {\"event\": {...}, \"definitions\": \"YAML\"}");
        }
        CloudEvent<ExternalEvent> event =
                new CloudEvent<>(ID, "/trial", null, clock.instant(), Causality.NONE, event(trial.event()));
        String yaml = trial.definitions() == null ? "" : trial.definitions();
        List<Ruling> decisions = arrivals.trial(event, Trials.library(libraries.now(), yaml));
        return new EventResource.Trace(ID, decisions);
    }

    private static ExternalEvent event(@Nullable JsonNode given) {
        if (given == null || !given.isObject()) {
            throw wrong(List.of(finding("event", "expected an event as it is on the log, {\"endpoint\": ...}")));
        }
        ObjectNode event = ((ObjectNode) given).deepCopy();
        List<Finding> findings = new ArrayList<>();
        text(event, "endpoint", null, findings);
        text(event, "type", ExternalEvent.MESSAGE, findings);
        text(event, "delivery", ID, findings);
        texts(event, "headers", findings);
        texts(event, "attributes", findings);
        if (!findings.isEmpty()) {
            throw wrong(findings);
        }
        if (!event.has("body")) {
            event.putObject("body");
        }
        try {
            return Json.mapper().convertValue(event, ExternalEvent.class);
        } catch (IllegalArgumentException e) {
            throw wrong(List.of(finding("event.git", "expected a change as it is on the log")));
        }
    }

    private static void text(ObjectNode event, String name, @Nullable String otherwise, List<Finding> findings) {
        JsonNode value = event.path(name);
        if (otherwise != null && (value.isMissingNode() || value.isNull())) {
            event.put(name, otherwise);
        } else if (!value.isTextual() || value.textValue().isEmpty()) {
            findings.add(finding("event." + name, "expected a text"));
        }
    }

    private static void texts(ObjectNode event, String name, List<Finding> findings) {
        JsonNode value = event.path(name);
        if (value.isMissingNode() || value.isNull()) {
            event.putObject(name);
            return;
        }
        if (!value.isObject()) {
            findings.add(finding("event." + name, "expected a mapping of texts"));
            return;
        }
        value.properties().stream()
                .filter(each -> !each.getValue().isTextual())
                .forEach(each -> findings.add(finding("event." + name + "." + each.getKey(), "expected a text")));
    }

    private static ProblemException wrong(List<Finding> findings) {
        return ProblemException.unprocessable(
                "the event is wrong: " + findings.getFirst().text(), findings);
    }

    private static Finding finding(String path, String message) {
        return new Finding(Finding.Severity.ERROR, null, 0, 0, path, message);
    }
}
