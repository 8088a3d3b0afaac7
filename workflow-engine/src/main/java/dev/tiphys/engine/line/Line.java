package dev.tiphys.engine.line;

import java.util.ArrayList;
import java.util.List;

/**
 * The runs that share a concurrency key. Values in, values out; the caller holds the line alone while it decides.
 *
 * @param going those that go on, in the order in which they began
 * @param waiting those that wait, the next first
 */
public record Line(List<Place> going, List<Place> waiting) {
    /** Nobody stands in it. */
    public static final Line EMPTY = new Line(List.of(), List.of());

    public Line {
        going = List.copyOf(going);
        waiting = List.copyOf(waiting);
    }

    /** Which of the runs go on, as each run wishes it for itself. */
    public enum Rule {
        /** At once, beside any other. */
        PARALLEL,
        /** When nobody else goes on, in order. */
        SEQUENTIAL,
        /** When nobody else goes on; a newer one takes the place of those of this rule that still wait. */
        LATEST
    }

    /** A run in the line; run ids sort by age. */
    public record Place(String run, Rule rule) {}

    /** What a run that waits is told. */
    public sealed interface Word {
        /** {@return the run that is told} */
        String run();

        /** Go on. */
        record Granted(String run) implements Word {}

        /** Wait behind that one. */
        record Behind(String run, String first) implements Word {}

        /** That one is newer and takes your place. */
        record Superseded(String run, String by) implements Word {}
    }

    /** The line after a change, and what is told to whom. */
    public record Outcome(Line line, List<Word> words) {
        public Outcome {
            words = List.copyOf(words);
        }
    }

    /** A run comes. One that stands in the line already is told where. */
    public Outcome join(Place place) {
        if (going.stream().anyMatch(there -> there.run().equals(place.run()))) {
            return new Outcome(this, List.of(new Word.Granted(place.run())));
        }
        if (waiting.stream().anyMatch(there -> there.run().equals(place.run()))) {
            return new Outcome(this, List.of(new Word.Behind(place.run(), first(place))));
        }
        if (place.rule() == Rule.PARALLEL || (exclusive(going).isEmpty() && waiting.isEmpty())) {
            return new Outcome(new Line(plus(going, place), waiting), List.of(new Word.Granted(place.run())));
        }
        if (place.rule() == Rule.SEQUENTIAL) {
            return new Outcome(
                    new Line(going, plus(waiting, place)), List.of(new Word.Behind(place.run(), first(place))));
        }
        return joinAsLatest(place);
    }

    private Outcome joinAsLatest(Place place) {
        List<Word> words = new ArrayList<>();
        List<Place> left = new ArrayList<>();
        for (Place there : waiting) {
            if (there.rule() != Rule.LATEST) {
                left.add(there);
            } else if (there.run().compareTo(place.run()) > 0) {
                return new Outcome(this, List.of(new Word.Superseded(place.run(), there.run())));
            } else {
                words.add(new Word.Superseded(there.run(), place.run()));
            }
        }
        left.add(place);
        words.add(new Word.Behind(place.run(), first(place)));
        return new Outcome(new Line(going, left), words);
    }

    /** A run leaves, wherever it stands; whoever may go on now is told. */
    public Outcome leave(String run) {
        List<Place> stillGoing = without(going, run);
        List<Place> stillWaiting = without(waiting, run);
        if (!exclusive(stillGoing).isEmpty() || stillWaiting.isEmpty()) {
            return new Outcome(new Line(stillGoing, stillWaiting), List.of());
        }
        Place next = stillWaiting.getFirst();
        List<Place> rest = stillWaiting.subList(1, stillWaiting.size());
        List<Word> words = new ArrayList<>();
        words.add(new Word.Granted(next.run()));
        rest.forEach(place -> words.add(new Word.Behind(place.run(), next.run())));
        return new Outcome(new Line(plus(stillGoing, next), rest), words);
    }

    /** {@return whether nobody stands in it} */
    public boolean isEmpty() {
        return going.isEmpty() && waiting.isEmpty();
    }

    private String first(Place place) {
        List<Place> before = exclusive(going);
        if (!before.isEmpty()) {
            return before.getFirst().run();
        }
        return waiting.isEmpty() ? place.run() : waiting.getFirst().run();
    }

    private static List<Place> exclusive(List<Place> places) {
        return places.stream().filter(place -> place.rule() != Rule.PARALLEL).toList();
    }

    private static List<Place> plus(List<Place> places, Place place) {
        List<Place> more = new ArrayList<>(places);
        more.add(place);
        return more;
    }

    private static List<Place> without(List<Place> places, String run) {
        return places.stream().filter(place -> !place.run().equals(run)).toList();
    }
}
