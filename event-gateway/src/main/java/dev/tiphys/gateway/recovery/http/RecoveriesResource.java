package dev.tiphys.gateway.recovery.http;

import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.gateway.ledger.LedgerUnavailable;
import dev.tiphys.gateway.recovery.LostDelivery;
import dev.tiphys.gateway.recovery.RecoveryBook;
import dev.tiphys.gateway.recovery.RecoveryBook.Standing;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.http.Page;
import dev.tiphys.platform.http.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Answers "was anything lost, and is it being seen to?". */
@Singleton
@Path("/api/recoveries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "recoveries")
@RunOnVirtualThread
final class RecoveriesResource {
    private static final Duration COME_AGAIN = Duration.ofSeconds(5);

    private final Definitions definitions;
    private final RecoveryBook book;

    RecoveriesResource(Definitions definitions, RecoveryBook book) {
        this.definitions = definitions;
        this.book = book;
    }

    /**
     * How it stands with a repository's lost deliveries.
     *
     * @param state {@code waiting} for the first round, {@code well}, {@code catching-up} or {@code failing}
     * @param lookedAt when the newest part of its server's list was last read
     * @param readBackTo how far back the list was read, while it is too long for one round; the next ones go on from there
     * @param nextAt when it is looked at next
     * @param error what went wrong in the last round
     */
    record RecoveryView(
            String repository,
            String state,
            @Nullable Instant lookedAt,
            @Nullable Instant readBackTo,
            @Nullable Instant nextAt,
            @Nullable String error,
            List<LostView> lost) {}

    /**
     * A delivery that did not arrive at first.
     *
     * @param state {@code asked}, {@code recovered} or {@code given-up}
     * @param times how often it was asked for
     */
    record LostView(
            String delivery,
            String event,
            Instant happenedAt,
            String state,
            int times,
            Instant lastAskedAt,
            @Nullable String reason) {
        static LostView of(LostDelivery lost) {
            return new LostView(
                    lost.delivery(),
                    lost.event(),
                    lost.happenedAt(),
                    lost.state().word(),
                    lost.times(),
                    lost.lastAskedAt(),
                    lost.reason());
        }
    }

    @GET
    @Operation(summary = "What did not arrive at first, of each repository that asks its server for it")
    public Page<RecoveryView> list() {
        Map<String, Standing> standings = standings();
        return new Page<>(
                definitions.current().ofKind(Repository.class).stream()
                        .filter(repository -> repository.recovery() != null)
                        .map(repository -> view(repository.name(), standings.get(repository.name())))
                        .toList(),
                null);
    }

    private Map<String, Standing> standings() {
        try {
            return book.standings().stream().collect(Collectors.toMap(Standing::repository, Function.identity()));
        } catch (LedgerUnavailable _) {
            throw ProblemException.unavailable("the ledger's database cannot be reached", COME_AGAIN);
        }
    }

    private static RecoveryView view(String repository, @Nullable Standing standing) {
        if (standing == null) {
            return new RecoveryView(repository, "waiting", null, null, null, null, List.of());
        }
        return new RecoveryView(
                repository,
                state(standing),
                standing.lookedAt(),
                standing.readBackTo(),
                standing.next(),
                standing.error(),
                standing.lost().stream().map(LostView::of).toList());
    }

    private static String state(Standing standing) {
        if (standing.error() != null) {
            return "failing";
        }
        if (standing.lookedAt() == null) {
            return "waiting";
        }
        return standing.readBackTo() == null ? "well" : "catching-up";
    }
}
