package dev.tiphys.engine.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.engine.line.Line.Place;
import dev.tiphys.engine.line.Line.Rule;
import dev.tiphys.engine.line.Line.Word;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineTest {

    private static Line line(Rule rule, String... runs) {
        Line line = Line.EMPTY;
        for (String run : runs) {
            line = line.join(new Place(run, rule)).line();
        }
        return line;
    }

    @Test
    void theFirstGoesOn() {
        assertThat(Line.EMPTY.join(new Place("r1", Rule.LATEST)).words()).containsExactly(new Word.Granted("r1"));
    }

    @Test
    void inSequenceEachWaitsForTheOneBefore() {
        Line line = line(Rule.SEQUENTIAL, "r1", "r2", "r3");

        assertThat(line.waiting()).extracting(Place::run).containsExactly("r2", "r3");
        assertThat(line.leave("r1").words()).containsExactly(new Word.Granted("r2"), new Word.Behind("r3", "r2"));
    }

    @Test
    void theNewestTakesThePlaceOfThoseThatWait() {
        Line line = line(Rule.LATEST, "r1", "r2");

        assertThat(line.join(new Place("r3", Rule.LATEST)).words())
                .containsExactly(new Word.Superseded("r2", "r3"), new Word.Behind("r3", "r1"));
    }

    @Test
    void anOlderOneThatComesLateIsSupersededAtOnce() {
        Line line = line(Rule.LATEST, "r1", "r3");

        assertThat(line.join(new Place("r2", Rule.LATEST)).words()).containsExactly(new Word.Superseded("r2", "r3"));
    }

    @Test
    void besideEachOtherNobodyWaits() {
        Line line = line(Rule.PARALLEL, "r1", "r2");

        assertThat(line.going()).hasSize(2);
        assertThat(line.waiting()).isEmpty();
    }

    @Test
    void oneThatWaitsCanLeaveFromAnyPosition() {
        Line line = line(Rule.SEQUENTIAL, "r1", "r2", "r3").leave("r2").line();

        assertThat(line.waiting()).extracting(Place::run).containsExactly("r3");
    }

    @Test
    void comingTwiceChangesNothing() {
        Line line = line(Rule.SEQUENTIAL, "r1", "r2");

        assertThat(line.join(new Place("r1", Rule.SEQUENTIAL)).line()).isEqualTo(line);
        assertThat(line.join(new Place("r2", Rule.SEQUENTIAL)).line()).isEqualTo(line);
    }

    @Property
    void neverDoTwoGoOnThatWantToBeAloneAndNobodyIsForgotten(
            @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 9) Integer> moves, @ForAll boolean latest) {
        Line line = Line.EMPTY;
        int next = 100;
        for (int move : moves) {
            List<Place> present = new ArrayList<>(line.going());
            present.addAll(line.waiting());
            if (move < 6 || present.isEmpty()) {
                next++;
                line = line.join(new Place("r" + next, latest ? Rule.LATEST : Rule.SEQUENTIAL))
                        .line();
            } else {
                line = line.leave(present.get(move % present.size()).run()).line();
            }
            assertThat(line.going()).hasSizeLessThanOrEqualTo(1);
            assertThat(line.going().isEmpty() && !line.waiting().isEmpty()).isFalse();
            assertThat(latest && line.waiting().size() > 1).isFalse();
        }
    }
}
