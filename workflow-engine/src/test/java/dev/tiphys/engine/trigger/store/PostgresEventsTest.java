package dev.tiphys.engine.trigger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.run.store.TestStore;
import dev.tiphys.engine.trigger.EventLog;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the log of events promises, on a real database. */
@Tag("real")
class PostgresEventsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private TestStore store;
    private PostgresEvents events;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.fresh();
        events = new PostgresEvents(store.source());
    }

    @AfterEach
    void close() {
        store.source().close();
    }

    private static CloudEvent<ExternalEvent> push(String id, String repository, String author) {
        GitChange git = new GitChange(
                "github",
                repository,
                "acme/" + repository,
                "https://github.com/acme/" + repository + ".git",
                "refs/heads/main",
                "main",
                null,
                "1234567890123456789012345678901234567890",
                null,
                null,
                author,
                null,
                null,
                false);
        ExternalEvent data = new ExternalEvent(
                repository, "push", id, git, Map.of(), Json.mapper().createObjectNode());
        return new CloudEvent<>(id, "/test", null, NOW, Causality.NONE, data);
    }

    @Test
    void aCharacterThatTheDatabaseRefusesKeepsNoEventFromBeingDecided() {
        events.undecided(push("e-1", "shop", "ann\0"), List.of(), 0, NOW);

        List<EventLog.Pending> taken = events.take(NOW, NOW.plusSeconds(60), 10, Set.of());

        assertThat(taken)
                .singleElement()
                .satisfies(pending ->
                        assertThat(pending.event().data().git().author()).isEqualTo("ann\0"));
        events.decided(push("e-1", "shop", "ann\0"), List.of(), NOW);
        assertThat(events.take(NOW.plusSeconds(90), NOW.plusSeconds(120), 10, Set.of()))
                .isEmpty();
    }

    @Test
    void anIdThatTheDatabaseNeverCanHoldIsNotWaitedFor() {
        assertThatThrownBy(() -> events.isDecided("e-\0"))
                .isNotInstanceOf(RunsUnavailable.class)
                .hasMessageContaining("cannot hold the event");
        assertThatThrownBy(() -> events.decided(push("e-\0", "shop", "ann"), List.of(), NOW))
                .isNotInstanceOf(RunsUnavailable.class)
                .hasMessageContaining("cannot hold the event");
    }

    @Test
    void aDatabaseThatIsAwayIsWaitedFor() {
        store.source().close();

        assertThatThrownBy(() -> events.isDecided("e-1")).isInstanceOf(RunsUnavailable.class);
    }

    @Test
    void oneEventOfEachRepositoryIsTakenAtATimeTheOldestFirst() {
        for (int i = 0; i < 20; i++) {
            events.undecided(push("hanging-" + i, "hanging", "ann"), List.of(), 0, NOW.plusMillis(i));
        }
        events.undecided(push("other", "other", "ann"), List.of(), 0, NOW.plusSeconds(1));

        List<EventLog.Pending> first = events.take(NOW.plusSeconds(2), NOW.plusSeconds(60), 16, Set.of());
        List<EventLog.Pending> second = events.take(NOW.plusSeconds(2), NOW.plusSeconds(60), 16, Set.of("hanging"));

        assertThat(first).extracting(pending -> pending.event().id()).containsExactlyInAnyOrder("hanging-0", "other");
        assertThat(second).isEmpty();
        assertThat(events.take(NOW.plusSeconds(2), NOW.plusSeconds(60), 16, Set.of()))
                .extracting(pending -> pending.event().id())
                .containsExactly("hanging-1");
    }
}
