package dev.tiphys.engine.work.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeafWorker;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.engine.work.Pauses;
import dev.tiphys.platform.secret.Secrets;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;

/**
 * Calls an HTTP server once for each attempt. What may be repeated without harm (GET, PUT, …) is repeated after a crash;
 * anything else fails with an unknown outcome rather than be sent twice.
 */
@Singleton
final class HttpWorker implements LeafWorker {
    private static final Pauses USUAL = new Pauses(Duration.ofSeconds(1), 2, Duration.ofMinutes(1), 0.3);

    private final Secrets secrets;
    private final Clock clock;
    private final Pauses away;
    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    @Inject
    HttpWorker(Secrets secrets, Clock clock) {
        this(secrets, clock, USUAL);
    }

    HttpWorker(Secrets secrets, Clock clock, Pauses away) {
        this.secrets = secrets;
        this.clock = clock;
        this.away = away;
    }

    @Override
    public String kind() {
        return "http";
    }

    @Override
    public LeafOutcome perform(LeafWork work, LeafWork.Lookup definitions, LeafLedger ledger)
            throws LeaseLost, InterruptedException {
        try {
            Pipeline.Action.Http action = Json.mapper().treeToValue(work.action(), Pipeline.Action.Http.class);
            return new HttpAttempt(work, action, http, secrets, ledger, clock, away).perform();
        } catch (JsonProcessingException e) {
            return new LeafOutcome.Stuck("the step's action is no http action: " + e.getOriginalMessage(), null);
        } catch (CannotSend e) {
            return new LeafOutcome.Stuck(String.valueOf(e.getMessage()), null);
        }
    }
}
