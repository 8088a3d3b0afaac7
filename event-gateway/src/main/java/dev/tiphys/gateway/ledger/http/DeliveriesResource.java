package dev.tiphys.gateway.ledger.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.ledger.Deliveries;
import dev.tiphys.gateway.ledger.Deliveries.Filter;
import dev.tiphys.gateway.ledger.Deliveries.Known;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.LedgerId;
import dev.tiphys.gateway.ledger.LedgerUnavailable;
import dev.tiphys.gateway.ledger.Payloads;
import dev.tiphys.gateway.ledger.Replayer;
import dev.tiphys.gateway.ledger.Replayer.Judgement;
import dev.tiphys.gateway.ledger.VerdictWord;
import dev.tiphys.gateway.sender.Senders;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsSnapshot;
import dev.tiphys.platform.http.Actor;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.platform.log.LogWriter;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Answers "did it arrive, what became of it, and why?", and lets a delivery be judged again. */
@Singleton
@Path("/api/deliveries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "deliveries")
@RunOnVirtualThread
final class DeliveriesResource {
    private static final int LARGEST_PAGE = 200;
    private static final Duration COME_AGAIN = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String SOURCE = "/tiphys/gateway";

    private final Senders.Terms terms;
    private final Deliveries deliveries;
    private final Payloads payloads;
    private final Replayer replayer;
    private final Definitions definitions;
    private final LogWriter log;
    private final Clock clock;

    DeliveriesResource(
            Senders.Terms terms,
            Deliveries deliveries,
            Payloads payloads,
            Replayer replayer,
            Definitions definitions,
            LogWriter log,
            Clock clock) {
        this.terms = terms;
        this.deliveries = deliveries;
        this.payloads = payloads;
        this.replayer = replayer;
        this.definitions = definitions;
        this.log = log;
        this.clock = clock;
    }

    /**
     * A delivery.
     *
     * @param secret {@code present} or {@code previous}
     * @param count more than one for strangers that came in a flood
     * @param recovered it was lost at first, and asked for again
     */
    record DeliveryView(
            UUID id,
            Instant at,
            String endpoint,
            String way,
            String verdict,
            @Nullable String reason,
            @Nullable String delivery,
            @Nullable String type,
            List<String> events,
            LedgerEntry.@Nullable Place position,
            @Nullable String secret,
            long bytes,
            LedgerEntry.Took took,
            int count,
            boolean recovered,
            @Nullable String replayOf) {
        static DeliveryView of(Known known) {
            LedgerEntry entry = known.entry();
            return new DeliveryView(
                    known.id(),
                    entry.at(),
                    entry.endpoint(),
                    entry.way().name().toLowerCase(Locale.ROOT),
                    entry.verdict(),
                    entry.reason(),
                    entry.deliveryId(),
                    entry.type(),
                    entry.events(),
                    entry.position(),
                    entry.secret() == null ? null : Generations.word(entry.secret()),
                    entry.bytes(),
                    entry.took(),
                    entry.count(),
                    known.recovered(),
                    entry.replayOf());
        }
    }

    /**
     * What a delivery held.
     *
     * @param whole whether the body is the delivery's own; else it is what its first event carries
     * @param body as JSON; null if it is no JSON
     * @param bodyBase64 the bytes; null if they are JSON
     */
    record PayloadView(
            Map<String, String> headers,
            boolean whole,
            @Nullable JsonNode body,
            @Nullable String bodyBase64) {}

    /**
     * What is wanted.
     *
     * @param dryRun whether nothing is to be published
     * @param definitions YAML that takes the place of the definitions of those names; only for a dry run
     */
    record ReplayWanted(boolean dryRun, @Nullable String definitions) {}

    /**
     * What came of judging again.
     *
     * @param delivery the new entry; null for a dry run
     */
    record Replayed(
            @Nullable UUID delivery,
            UUID replayOf,
            boolean dryRun,
            String verdict,
            @Nullable String reason,
            List<ReplayedEvent> events) {}

    /** An event that was made, or would be, as CloudEvents writes it. */
    record ReplayedEvent(
            String id,
            String source,
            String type,
            @Nullable String subject,
            Instant time,
            @Nullable String correlationid,
            @Nullable String causationid,
            @Nullable Long definitionsoffset,
            ExternalEvent data) {
        static ReplayedEvent of(CloudEvent<ExternalEvent> event) {
            Causality causality = event.causality();
            return new ReplayedEvent(
                    event.id(),
                    event.source(),
                    event.type(),
                    event.subject(),
                    event.time(),
                    causality.correlationId(),
                    causality.causationId(),
                    causality.definitionsOffset(),
                    event.data());
        }
    }

    @GET
    @Operation(
            summary = "What arrived, newest first, and what became of it",
            description = "from is inclusive, to is not; both are moments such as 2026-03-01T10:00:00Z.")
    public Page<DeliveryView> list(
            @QueryParam("endpoint") @Nullable String endpoint,
            @QueryParam("verdict") @Nullable String verdict,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("50") int limit) {
        if (limit < 1 || limit > LARGEST_PAGE) {
            throw ProblemException.badRequest("limit must be 1 to " + LARGEST_PAGE);
        }
        Filter filter =
                new Filter(blankAsNull(endpoint), word(verdict), moment("from", from), moment("to", to), place(after));
        List<Known> found = read(() -> deliveries.list(filter, limit + 1));
        if (found.isEmpty() && filter.endpoint() != null && filter.after() == null) {
            known(filter.endpoint());
        }
        List<Known> page = found.size() > limit ? found.subList(0, limit) : found;
        return new Page<>(
                page.stream().map(DeliveryView::of).toList(),
                found.size() > limit ? page.getLast().id().toString() : null);
    }

    /** An endpoint that was deleted may still have deliveries; one without any that does not exist is a typing error. */
    private void known(String endpoint) {
        TreeSet<String> names =
                new TreeSet<>(table(definitions.current()).byName().keySet());
        if (!names.contains(endpoint)
                && read(() -> deliveries.list(new Filter(endpoint, null, null, null, null), 1))
                        .isEmpty()) {
            throw ProblemException.badRequest("there is no endpoint " + endpoint + " and no delivery of it; there are "
                    + (names.isEmpty() ? "none" : String.join(", ", names)));
        }
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "A delivery")
    public DeliveryView get(@PathParam("id") String id) {
        return DeliveryView.of(find(id));
    }

    @GET
    @Path("/{id}/payload")
    @Operation(
            summary = "What a delivery held, without credentials and signatures",
            description = "410 if it is not there any more, or never was kept; the answer says why.")
    @APIResponse(responseCode = "200", description = "OK")
    @APIResponse(responseCode = "410", description = "It is not there any more, or never was kept")
    public PayloadView payload(@PathParam("id") String id) {
        Known known = find(id);
        return switch (read(() -> payloads.of(known))) {
            case Payloads.Found.Here(var payload, var whole, var _) -> view(payload, whole);
            case Payloads.Found.Gone(var reason) -> throw ProblemException.gone(reason);
            case Payloads.Found.NeverKept(var reason) -> throw ProblemException.gone(reason);
        };
    }

    private static PayloadView view(LedgerEntry.Payload payload, boolean whole) {
        return Json.exactTree(payload.body())
                .map(json -> new PayloadView(payload.headers(), whole, json, null))
                .orElseGet(() -> new PayloadView(
                        payload.headers(), whole, null, Base64.getEncoder().encodeToString(payload.body())));
    }

    @POST
    @Path("/{id}/replay")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Judges a verified delivery again, and publishes its events anew",
            description =
                    "dryRun only tells what would come of it, by the definitions as they are or as definitions has them."
                            + " 409 if the delivery cannot be judged again, 410 if what it held is gone.")
    @APIResponse(responseCode = "200", description = "OK")
    @APIResponse(responseCode = "410", description = "What the delivery held is not there any more")
    @APIResponse(responseCode = "413", description = "Its events are larger than the broker takes")
    public Replayed replay(@PathParam("id") String id, @Nullable ReplayWanted wanted, @Context HttpHeaders headers)
            throws InterruptedException {
        ReplayWanted how = wanted == null ? new ReplayWanted(false, null) : wanted;
        if (how.definitions() != null && !how.dryRun()) {
            throw ProblemException.badRequest(
                    "other definitions are only for a dry run: apply them, then replay the delivery");
        }
        String actor = Actor.of(headers).name();
        Known original = find(id);
        Replayer.Table table = how.definitions() == null ? table(definitions.current()) : edited(how.definitions());
        return switch (read(() -> replayer.judge(original, table))) {
            case Judgement.Impossible(var reason) ->
                throw ProblemException.conflict("delivery " + id + " cannot be replayed: " + reason);
            case Judgement.Gone(var reason) -> throw ProblemException.gone(reason);
            case Judgement.Judged judged -> {
                if (!how.dryRun()) {
                    done(original, log.append(Topic.AUDIT, actor, audit(judged, actor)));
                    done(original, replayer.carryOut(judged));
                }
                yield new Replayed(
                        how.dryRun() ? null : judged.id(),
                        original.id(),
                        how.dryRun(),
                        judged.verdict(),
                        judged.reason(),
                        judged.events().stream().map(ReplayedEvent::of).toList());
            }
        };
    }

    private CloudEvent<ActionTaken> audit(Judgement.Judged judged, String actor) {
        UUID original = judged.original().id();
        return new CloudEvent<>(
                UUID.randomUUID().toString(),
                SOURCE,
                original.toString(),
                clock.instant(),
                Causality.NONE,
                new ActionTaken(actor, "replay", "delivery " + original, "as delivery " + judged.id()));
    }

    private Replayer.Table table(DefinitionsSnapshot snapshot) {
        return new Replayer.Table(Senders.table(snapshot.all(), terms), snapshot.offset());
    }

    private Replayer.Table edited(String yaml) {
        DefinitionReader.Reading reading = DefinitionReader.read(null, yaml);
        if (!reading.acceptable()) {
            throw ProblemException.unprocessable("the definitions are wrong", reading.findings());
        }
        DefinitionsSnapshot snapshot = definitions.current();
        Map<DefinitionKey, Definition> all = snapshot.all().stream()
                .collect(Collectors.toMap(
                        Definition::key, Function.identity(), (_, later) -> later, LinkedHashMap::new));
        for (DefinitionReader.Document document : reading.documents()) {
            Definition definition = document.definition();
            if (definition != null) {
                all.put(definition.key(), definition);
            }
        }
        return new Replayer.Table(Senders.table(all.values(), terms), snapshot.offset());
    }

    private Known find(String id) {
        UUID parsed = LedgerId.parse(id)
                .orElseThrow(() -> ProblemException.notFound("there is no delivery " + id + ": its id is no UUID"));
        return read(() -> deliveries.find(parsed))
                .orElseThrow(
                        () -> ProblemException.notFound(
                                "there is no delivery " + id
                                        + " in the ledger; one that arrived just now is there in a moment, and old ones are taken out"));
    }

    private static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (LedgerUnavailable _) {
            throw ProblemException.unavailable("the ledger's database cannot be reached", COME_AGAIN);
        } catch (Payloads.Unreadable e) {
            throw ProblemException.unavailable(String.valueOf(e.getMessage()), COME_AGAIN);
        }
    }

    private static void done(Known original, CompletionStage<?> stage) throws InterruptedException {
        try {
            stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed(original, e.getCause());
        } catch (TimeoutException _) {
            throw ProblemException.unavailable("the broker takes too long: it may be replayed or not", COME_AGAIN);
        }
    }

    /** {@return how to say that the log did not take a replay} */
    static RuntimeException failed(Known original, @Nullable Throwable cause) {
        if (cause instanceof LogUnavailable || cause instanceof Intake.Busy) {
            return ProblemException.unavailable(
                    "the broker did not take it: nothing is known to be replayed; try again", COME_AGAIN);
        }
        if (cause instanceof Intake.TooLarge) {
            return ProblemException.tooLarge("delivery " + original.id() + ", of "
                    + original.entry().bytes()
                    + " bytes, was not replayed: an event that it makes now is larger than the "
                    + Intake.LARGEST_EVENT
                    + " bytes that the log takes, or than max.message.bytes of the topic " + Topic.EVENTS.topicName()
                    + "; raise that, or have the sender deliver less at once");
        }
        return new IllegalStateException("a replay failed", cause);
    }

    private static @Nullable String blankAsNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static @Nullable String word(@Nullable String verdict) {
        if (verdict == null || verdict.isBlank()) {
            return null;
        }
        return VerdictWord.of(verdict.toLowerCase(Locale.ROOT))
                .map(VerdictWord::word)
                .orElseThrow(() -> ProblemException.badRequest(
                        "verdict must be one of " + String.join(", ", VerdictWord.words()) + ", not " + verdict));
    }

    private static @Nullable Instant moment(String name, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException _) {
            throw ProblemException.badRequest(name + " must be a moment such as 2026-03-01T10:00:00Z, not " + text);
        }
    }

    private static @Nullable UUID place(@Nullable String after) {
        if (after == null || after.isBlank()) {
            return null;
        }
        return LedgerId.parse(after).orElseThrow(() -> ProblemException.badRequest("after takes what next gave"));
    }
}
