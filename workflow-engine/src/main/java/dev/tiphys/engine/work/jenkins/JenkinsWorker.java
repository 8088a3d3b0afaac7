package dev.tiphys.engine.work.jenkins;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Definition.JenkinsServer;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeafWorker;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.platform.secret.SecretMissing;
import dev.tiphys.platform.secret.Secrets;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;

/** Runs a Jenkins job: one build for each attempt, whatever crashes, where the job declares the parameter RUN_ID. */
@Singleton
final class JenkinsWorker implements LeafWorker {
    /** The parameter that carries the attempt's key, by which its build is found again. */
    static final String RUN_ID = "RUN_ID";

    private final Secrets secrets;
    private final Clock clock;
    private final Pacing pacing;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    @Inject
    JenkinsWorker(Secrets secrets, Clock clock) {
        this(secrets, clock, Pacing.USUAL);
    }

    JenkinsWorker(Secrets secrets, Clock clock, Pacing pacing) {
        this.secrets = secrets;
        this.clock = clock;
        this.pacing = pacing;
    }

    @Override
    public String kind() {
        return "jenkins";
    }

    @Override
    public LeafOutcome perform(LeafWork work, LeafWork.Lookup definitions, LeafLedger ledger)
            throws LeaseLost, InterruptedException {
        try {
            Pipeline.Action.Jenkins action = Json.mapper().treeToValue(work.action(), Pipeline.Action.Jenkins.class);
            JenkinsServer server = definitions.find(JenkinsServer.class, action.server());
            if (server == null) {
                return new LeafOutcome.Stuck("there is no JenkinsServer " + action.server(), null);
            }
            String token = secrets.get(server.token()).text();
            JenkinsClient client = new JenkinsClient(http, pacing.answer(), server, token);
            return new JenkinsAttempt(work, action, client, ledger, clock, pacing).perform();
        } catch (JsonProcessingException e) {
            return new LeafOutcome.Stuck("the step's action is no jenkins action: " + e.getOriginalMessage(), null);
        } catch (SecretMissing | JenkinsRefusal e) {
            return new LeafOutcome.Stuck(String.valueOf(e.getMessage()), null);
        }
    }
}
