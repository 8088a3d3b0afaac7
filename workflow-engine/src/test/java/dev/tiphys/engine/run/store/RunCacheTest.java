package dev.tiphys.engine.run.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunWorld;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunCacheTest {
    private final RunCache cache = new RunCache(3, 100);

    private static RunDraft created() {
        Charter charter = RunWorld.charter("steps: [{name: a, http: {method: GET, url: http://a}}]");
        RunDraft draft = RunDraft.absent(charter.id());
        draft.apply(List.of(new RunEvent.Created(charter, Instant.EPOCH)));
        return draft;
    }

    private static final Run.Present RUN = created().present();

    private void put(String id, long size) {
        cache.put(id, new RunCache.Known(RUN, size / 2, size - size / 2));
    }

    private List<String> kept(String... ids) {
        return Stream.of(ids).filter(id -> cache.get(id) != null).toList();
    }

    @Test
    void keepsNoMoreThanSoManyRuns() {
        for (String id : List.of("a", "b", "c", "d")) {
            put(id, 1);
        }

        assertThat(kept("a", "b", "c", "d")).containsExactly("b", "c", "d");
    }

    @Test
    void forgetsThoseThatWereNotTouchedForLongestWhenLargeOnesCome() {
        put("a", 40);
        put("b", 40);
        assertThat(cache.get("a")).isNotNull();

        put("c", 60);

        assertThat(kept("a", "b", "c")).containsExactly("a", "c");
    }

    @Test
    void doesNotKeepARunThatIsTooLargeByItself() {
        put("a", 40);
        put("huge", 101);

        assertThat(kept("huge")).isEmpty();
    }

    @Test
    void countsARunByItsLastSizeAndNotAtAllWhenItIsGone() {
        put("a", 90);
        put("a", 10);
        put("b", 90);
        assertThat(kept("a", "b")).containsExactly("a", "b");

        cache.remove("b");
        put("c", 90);

        assertThat(kept("a", "c")).containsExactly("a", "c");
    }

    @Test
    void aRunWeighsWhatItsStoredJsonIsLong() {
        RunDraft draft = created();
        draft.addTo(new Batch(), "owner", Instant.EPOCH);

        RunCache.Known known = draft.known();

        assertThat(known.charter())
                .isEqualTo(RunJson.text(known.run().charter()).length());
        assertThat(known.progress()).isEqualTo(RunJson.text(known.run()).length());
    }

    @Test
    void aRunThatGoesOnWeighsItsCharterAndWhatItHasBecome() {
        RunDraft draft = RunDraft.of(new RunCache.Known(RUN, 1000, 5));
        draft.apply(List.of(new RunEvent.Begun(Instant.EPOCH)));
        draft.addTo(new Batch(), "owner", Instant.EPOCH);

        assertThat(draft.known().charter()).isEqualTo(1000);
        assertThat(draft.known().progress())
                .isEqualTo(RunJson.text(draft.present()).length());
    }
}
