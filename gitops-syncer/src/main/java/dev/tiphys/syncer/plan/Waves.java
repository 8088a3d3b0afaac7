package dev.tiphys.syncer.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Puts changes into their order: by wave; in a wave deletions first; then by kind, namespace and name. */
final class Waves {

    /** A change with its wave and its place among the kinds. */
    record Placed(int wave, int rank, Change change) {
        boolean isPrune() {
            return change instanceof Change.Prune;
        }
    }

    private static final Comparator<Placed> ORDER = Comparator.comparing((Placed placed) -> !placed.isPrune())
            .thenComparingInt(Placed::rank)
            .thenComparing(placed -> placed.change().ref().kind())
            .thenComparing(placed -> placed.change().ref().group())
            .thenComparing(placed -> placed.change().ref().name())
            .thenComparing(placed -> String.valueOf(placed.change().ref().namespace()));

    private Waves() {}

    /** @param first what comes before everything else */
    static List<Wave> of(Optional<Change> first, List<Placed> changes) {
        Map<Integer, List<Placed>> byWave = new TreeMap<>();
        changes.forEach(placed ->
                byWave.computeIfAbsent(placed.wave(), _ -> new ArrayList<>()).add(placed));
        List<Wave> waves = new ArrayList<>();
        byWave.forEach((number, placed) -> {
            List<Change> ordered = new ArrayList<>();
            if (waves.isEmpty()) {
                first.ifPresent(ordered::add);
            }
            placed.stream().sorted(ORDER).map(Placed::change).forEach(ordered::add);
            waves.add(new Wave(number, ordered));
        });
        return waves;
    }
}
