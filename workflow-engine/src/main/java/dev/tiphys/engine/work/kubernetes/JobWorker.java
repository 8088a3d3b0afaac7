package dev.tiphys.engine.work.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeafOutcome;
import dev.tiphys.engine.work.LeafWork;
import dev.tiphys.engine.work.LeafWorker;
import dev.tiphys.engine.work.LeaseLost;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Runs a Kubernetes Job: one for each attempt, found again by its name whatever crashes. */
@Singleton
final class JobWorker implements LeafWorker {
    private final ClusterAccess cluster;
    private final Clock clock;
    private final JobPatience patience;

    @Inject
    JobWorker(ClusterAccess cluster, Clock clock) {
        this(cluster, clock, JobPatience.USUAL);
    }

    JobWorker(ClusterAccess cluster, Clock clock, JobPatience patience) {
        this.cluster = cluster;
        this.clock = clock;
        this.patience = patience;
    }

    @Override
    public String kind() {
        return "job";
    }

    @Override
    public LeafOutcome perform(LeafWork work, LeafWork.Lookup definitions, LeafLedger ledger)
            throws LeaseLost, InterruptedException {
        try {
            Pipeline.Action.Job action = Json.mapper().treeToValue(work.action(), Pipeline.Action.Job.class);
            return new JobAttempt(work, action, cluster.client(), ledger, clock, patience).perform();
        } catch (JsonProcessingException e) {
            return new LeafOutcome.Stuck("the step's action is no job action: " + e.getOriginalMessage(), null);
        } catch (NoCluster e) {
            return new LeafOutcome.Stuck(String.valueOf(e.getMessage()), null);
        }
    }
}
