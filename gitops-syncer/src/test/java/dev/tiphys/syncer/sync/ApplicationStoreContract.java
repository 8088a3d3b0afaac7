package dev.tiphys.syncer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncCommand.SyncRequested;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.syncer.source.ObjectRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What every store of applications promises. */
public abstract class ApplicationStoreContract {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final ObjectRef WEB = new ObjectRef("apps", "v1", "Deployment", "shop", "web");
    private static final ObjectRef SPACE = new ObjectRef("", "v1", "Namespace", null, "shop");

    private final String name = "store-" + UUID.randomUUID().toString().substring(0, 8);

    protected abstract ApplicationStore store();

    @Test
    void anUnknownApplicationIsNew() {
        assertThat(store().read(name)).isEqualTo(ApplicationState.NEW);
        assertThat(store().status(name)).isEmpty();
    }

    @Test
    void remembersEverythingOfAState() {
        DeployedBy by = new DeployedBy("run", "delivery", "deploy", 1, 7);
        Decision decision =
                handle(new SyncInput.Requested(new SyncRequested(name, "a".repeat(40), by, NOON), Causality.NONE));
        OperationId id = Objects.requireNonNull(decision.next().operation()).id();
        handle(new SyncInput.RevisionFound(id, "a".repeat(40)));
        handle(new SyncInput.StageEntered(id, StageName.APPLY, new Changes(1, 2, 3, 4)));
        handle(new SyncInput.Blocked(id, new Wait("health", "Deployment", NOON, null, "nothing")));
        handle(new SyncInput.Over(id, Outcome.SUCCEEDED, "done", List.of(), Changes.NONE));

        Decision last = handle(new SyncInput.AskedByPerson("ada", null, null));

        assertThat(store().read(name)).isEqualTo(last.next());
        assertThat(store().status(name).map(ApplicationStatus::history))
                .hasValueSatisfying(history -> assertThat(history).hasSize(1));
    }

    @Test
    void changesComeOneAfterTheOther() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Decision>> running = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                running.add(threads.submit(() ->
                        store().change(name, state -> new Decision(state.counted(), List.of(), null), _ -> null)));
            }
            for (Future<Decision> one : running) {
                one.get();
            }
        }

        assertThat(store().read(name).decisions()).isEqualTo(40);
    }

    @Test
    void aDecisionThatFailsLeavesNothing() {
        Function<ApplicationState, Decision> failing = _ -> {
            throw new IllegalStateException("a bug");
        };

        assertThatThrownBy(() -> store().change(name, failing, _ -> null)).isInstanceOf(IllegalStateException.class);

        assertThat(store().read(name)).isEqualTo(ApplicationState.NEW);
    }

    @Test
    void remembersWhatIsOwned() {
        store().own(name, List.of(WEB, SPACE));
        store().own(name, List.of(WEB));
        assertThat(store().owned(name)).containsExactlyInAnyOrder(WEB, SPACE);

        store().disown(name, Set.of(WEB));

        assertThat(store().owned(name)).containsExactly(SPACE);
    }

    @Test
    void forgetsAll() {
        handle(new SyncInput.Defined(true));
        store().own(name, List.of(WEB));

        store().forget(name);

        assertThat(store().read(name)).isEqualTo(ApplicationState.NEW);
        assertThat(store().owned(name)).isEmpty();
        assertThat(store().status(name)).isEmpty();
        assertThat(store().names()).doesNotContain(name);
    }

    @Test
    void listsStatusesByName() {
        handle(new SyncInput.Defined(true));

        assertThat(store().statuses(null, 500))
                .extracting(ApplicationStatus::name)
                .contains(name)
                .isSorted();
        assertThat(store().statuses(name, 500))
                .extracting(ApplicationStatus::name)
                .doesNotContain(name);
    }

    private Decision handle(SyncInput input) {
        return store().change(
                        name,
                        state -> SyncRules.decide(name, state, input, definition(), NOON),
                        state -> StatusView.of(definition(), state));
    }

    private Application definition() {
        return new Application(
                new DefinitionKey("Application", "argocd", name),
                "default",
                new Application.Source(
                        "https://git.example.com/acme/shop.git", "deploy", "main", false, List.of(), List.of()),
                new Application.Destination(Clusters.GIVEN, "shop"),
                null,
                Set.of(),
                10);
    }
}
