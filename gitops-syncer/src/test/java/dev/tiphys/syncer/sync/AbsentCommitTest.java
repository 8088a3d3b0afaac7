package dev.tiphys.syncer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import dev.tiphys.contracts.sync.SyncFact.SyncStarted;
import dev.tiphys.contracts.sync.SyncFact.SyncWaiting;
import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sync to a commit that the Git server does not have, or not yet. */
class AbsentCommitTest implements StraightHistory {
    private static final String COMMIT = "c".repeat(40);
    private static final String WHY = "https://git.example.com/acme/shop.git has no commit " + COMMIT;
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Instant BEGIN = Instant.parse("2026-01-01T12:00:00Z");

    private final SyncerWithoutCluster syncer = new SyncerWithoutCluster(BEGIN, this);
    private volatile Answer<Resolved> answer = new Answer.Absent<>(WHY);

    @BeforeEach
    void start() {
        syncer.define(Samples.application("shop"));
    }

    @AfterEach
    void stop() {
        syncer.close();
    }

    @Test
    void waitsForItVisibly() {
        request(Duration.ofMinutes(10));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(waits()).first().satisfies(fact -> {
                    assertThat(fact.waiting().reason()).isEqualTo("git");
                    assertThat(fact.waiting().unblock()).contains(WHY, "2026-01-01T12:02:00Z");
                }));
        assertThat(ends()).isEmpty();
    }

    @Test
    void goesOnWhenItComesWithinTwoMinutes() {
        request(Duration.ofMinutes(10));
        askAgainAt(BEGIN.plusSeconds(119));
        assertThat(ends()).isEmpty();

        answer = new Answer.Found<>(new Resolved(COMMIT, COMMIT));
        syncer.lookAt(BEGIN.plusSeconds(125), "shop");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(syncer.store().facts(SyncStarted.class))
                        .singleElement()
                        .satisfies(fact -> assertThat(fact.revision()).isEqualTo(COMMIT)));
    }

    @Test
    void isStuckWhenItDidNotComeWithinTwoMinutes() {
        request(Duration.ofMinutes(10));
        await().atMost(SOON).until(() -> !waits().isEmpty());

        syncer.lookAt(BEGIN.plusSeconds(120), "shop");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ends()).singleElement().satisfies(end -> {
                    assertThat(end.outcome()).isEqualTo(Outcome.STUCK);
                    assertThat(end.message()).isEqualTo(WHY);
                }));
    }

    @Test
    void isStuckForTheCommitEvenIfItsOwnDeadlineComesFirst() {
        request(Duration.ofSeconds(30));
        await().atMost(SOON).until(() -> !waits().isEmpty());

        syncer.lookAt(BEGIN.plusSeconds(30), "shop");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ends()).singleElement().satisfies(end -> {
                    assertThat(end.outcome()).isEqualTo(Outcome.STUCK);
                    assertThat(end.message()).isEqualTo(WHY);
                }));
    }

    /** Returns when the question was asked at that moment and its answer is known to have been taken in. */
    private void askAgainAt(Instant moment) {
        await().atMost(SOON).until(() -> !waits().isEmpty());
        int before = waits().size();
        syncer.lookAt(moment, "shop");
        await().atMost(SOON).until(() -> waits().size() > before || !ends().isEmpty());
    }

    private void request(Duration patience) {
        syncer.applications().handle("shop", Samples.request("shop", COMMIT, 1, BEGIN.plus(patience)));
    }

    private List<SyncWaiting> waits() {
        return syncer.store().facts(SyncWaiting.class);
    }

    private List<SyncFinished> ends() {
        return syncer.store().facts(SyncFinished.class);
    }

    /** Only the branch is always known. */
    @Override
    public Answer<Resolved> resolve(RepositoryAccess access, String targetRevision) {
        return targetRevision.equals("main")
                ? new Answer.Found<>(new Resolved("b".repeat(40), "refs/heads/main"))
                : answer;
    }

    @Override
    public Answer<Contents> read(RepositoryAccess access, String sha, Selection selection) {
        return new Answer.Found<>(new Contents(sha, selection, List.of()));
    }
}
