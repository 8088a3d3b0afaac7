package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.syncer.plan.Change;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.sync.Cluster.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what a wave did. Used by one thread. */
final class Tally {
    private final Places places;
    private final String destination;
    private final List<Problem> refused = new ArrayList<>();
    private Changes changes;
    private @Nullable Away away;

    /** @param destination the namespace that the sync option CreateNamespace is about */
    Tally(Changes before, Places places, String destination) {
        this.changes = before;
        this.places = places;
        this.destination = destination;
    }

    /** What became of a change. */
    record Result(Change change, Written written) {}

    /** What the cluster did not do now. */
    record Away(ObjectRef ref, String why, @Nullable Duration after) {}

    void add(List<Result> results) {
        for (Result result : results) {
            switch (result.written()) {
                case Written.Done _ -> changes = counted(result.change());
                case Written.Refused(String why) ->
                    refused.add(places.problem(result.change().ref(), why));
                case Written.NoNamespace(String why) ->
                    refused.add(places.problem(
                            result.change().ref(),
                            why + ": " + remedy(result.change().ref())));
                case Written.Waiting(String why, Duration after) ->
                    away = new Away(result.change().ref(), why, after);
            }
        }
    }

    private String remedy(ObjectRef ref) {
        return destination.equals(ref.namespace())
                ? "add the sync option CreateNamespace=true, or create it"
                : "create it, or add a Namespace manifest: the sync option CreateNamespace=true makes only the"
                        + " destination's namespace" + (destination.isEmpty() ? "" : ", " + destination);
    }

    private Changes counted(Change change) {
        return switch (change) {
            case Change.Create _, Change.CreateNamespace _ ->
                new Changes(changes.created() + 1, changes.updated(), changes.unchanged(), changes.pruned());
            case Change.Update _ ->
                new Changes(changes.created(), changes.updated() + 1, changes.unchanged(), changes.pruned());
            case Change.Prune _ ->
                new Changes(changes.created(), changes.updated(), changes.unchanged(), changes.pruned() + 1);
            case Change.Unchanged _ -> changes;
        };
    }

    Changes changes() {
        return changes;
    }

    Places places() {
        return places;
    }

    List<Problem> refused() {
        return List.copyOf(refused);
    }

    String refusal() {
        Problem first = refused.getFirst();
        return "the cluster refused " + first.object() + ": " + first.message();
    }

    Optional<Away> away() {
        return Optional.ofNullable(away);
    }
}
