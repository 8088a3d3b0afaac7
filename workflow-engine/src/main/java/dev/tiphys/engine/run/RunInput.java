package dev.tiphys.engine.run;

import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.work.LeafOutcome;
import org.jspecify.annotations.Nullable;

/** What may happen to a run. Inputs may arrive twice, late or out of order. */
public sealed interface RunInput {

    /** Let there be a run. */
    record Start(Charter charter) implements RunInput {}

    /** The line says that it waits, behind the run named. */
    record TurnAwaited(String behind) implements RunInput {}

    /** The line says that it goes on. */
    record TurnGranted() implements RunInput {}

    /** The line says that a newer run took its place. */
    record Superseded(String by) implements RunInput {}

    /** A worker says what its step waits for. */
    record LeafWaits(
            String step,
            int attempt,
            long lease,
            Wait waiting,
            @Nullable String link) implements RunInput {}

    /** A worker is through. */
    record LeafReported(String step, int attempt, long lease, LeafOutcome outcome) implements RunInput {}

    /** The syncer says something about a deployment of this run. */
    record SyncReported(SyncFact fact) implements RunInput {}

    /** A moment has come. */
    record TimerFired(String step, int attempt, Timer timer) implements RunInput {}

    /** Somebody wants it to end. */
    record Cancel(Stop stop, String actor, @Nullable String reason) implements RunInput {}

    /** Somebody wants it to go on from where it failed. */
    record Retry(String actor) implements RunInput {}

    /** Somebody decides about an approval. */
    record Judge(
            String step,
            Judgement judgement,
            String actor,
            @Nullable String comment) implements RunInput {}

    /** What a step's timer is for. */
    enum Timer {
        /** The attempt takes too long. */
        DEADLINE,
        /** The pause is over. */
        RESUME,
        /** A worker that was told to end has not answered. */
        GIVE_UP
    }

    /** How to end a run. */
    enum Stop {
        /** End what runs; nothing more begins. */
        KILL,
        /** End what runs, then do what is always done. */
        FINALLY,
        /** Let what runs come to its end, begin nothing new, then do what is always done. */
        DRAIN
    }

    /** What a person says to an approval. */
    enum Judgement {
        APPROVE,
        REJECT
    }
}
