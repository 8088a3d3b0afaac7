package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.definition.Application;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads an application, decides, and records the outcome. The only caller of {@link SyncRules}. Thread-safe. */
final class SyncHandler {
    private final ApplicationStore store;
    private final Function<String, @Nullable Application> definitions;
    private final InstantSource time;
    private final Bell outboxBell;
    private final ConcurrentHashMap<String, ApplicationState> newest = new ConcurrentHashMap<>();

    SyncHandler(
            ApplicationStore store,
            Function<String, @Nullable Application> definitions,
            InstantSource time,
            Bell outboxBell) {
        this.store = store;
        this.definitions = definitions;
        this.time = time;
        this.outboxBell = outboxBell;
    }

    /**
     * Decides about an input and remembers what follows.
     *
     * @throws ApplicationStore.StoreUnavailable if nothing is known to be remembered; try again later
     */
    Decision handle(String application, SyncInput input) {
        Application definition = definitions.apply(application);
        Instant now = time.instant();
        Decision decision = store.change(
                application,
                state -> SyncRules.decide(application, state, input, definition, now),
                state -> definition == null ? null : StatusView.of(definition, state));
        know(application, decision.next());
        outboxBell.ring();
        return decision;
    }

    /**
     * As {@link #handle}, for what this process finds out by itself: the store is not asked if it would change nothing.
     *
     * @throws ApplicationStore.StoreUnavailable if nothing is known to be remembered; try again later
     */
    Decision report(String application, SyncInput input) {
        ApplicationState state = newest(application);
        Application definition = definitions.apply(application);
        Decision decision = SyncRules.decide(application, state, input, definition, time.instant());
        return decision.next().equals(state) ? decision : handle(application, input);
    }

    /** {@return the newest state that this process knows} */
    ApplicationState newest(String application) {
        ApplicationState known = newest.get(application);
        if (known != null) {
            return known;
        }
        // Not within the map: a slow database must not hold up other applications.
        ApplicationState read = store.read(application);
        ApplicationState earlier = newest.putIfAbsent(application, read);
        return earlier == null ? read : earlier;
    }

    /** {@return what is remembered now} Another process may have decided since this one looked. */
    ApplicationState fresh(String application) {
        ApplicationState read = store.read(application);
        know(application, read);
        return read;
    }

    private void know(String application, ApplicationState state) {
        newest.merge(application, state, (old, next) -> next.decisions() >= old.decisions() ? next : old);
    }

    /** Drops what this process knows of an application that is forgotten. */
    void forget(String application) {
        store.forget(application);
        newest.remove(application);
        outboxBell.ring();
    }
}
