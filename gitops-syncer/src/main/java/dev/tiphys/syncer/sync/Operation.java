package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sync that runs. Every stage can be done again from the start, so after a crash it begins anew and finds done what is done.
 *
 * @param causality what asked for it; its facts carry it on
 * @param requested the revision asked for; null for what {@code targetRevision} points to
 * @param revision the commit; null until it is found
 * @param prune whether objects that Git no longer has are deleted
 * @param deadline when it fails if it is not done
 * @param changes what it did so far
 * @param waiting what it waits for; null if it works
 */
public record Operation(
        OperationId id,
        Trigger trigger,
        Causality causality,
        @Nullable String requested,
        @Nullable String revision,
        boolean prune,
        Instant startedAt,
        Instant deadline,
        StageName stage,
        Changes changes,
        @Nullable Wait waiting) {

    Operation found(String commit) {
        return new Operation(
                id, trigger, causality, requested, commit, prune, startedAt, deadline, stage, changes, null);
    }

    Operation at(StageName next, Changes soFar) {
        return new Operation(
                id, trigger, causality, requested, revision, prune, startedAt, deadline, next, soFar, null);
    }

    Operation waitingFor(Wait wait) {
        return new Operation(
                id, trigger, causality, requested, revision, prune, startedAt, deadline, stage, changes, wait);
    }
}
