package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Remembers applications as long as the test runs, and can be away. */
public final class InMemoryApplications implements ApplicationStore {
    private final Map<String, ApplicationState> states = new HashMap<>();
    private final TreeMap<String, ApplicationStatus> statuses = new TreeMap<>();
    private final Map<String, Set<ObjectRef>> owned = new HashMap<>();
    private final List<Decision.Told> facts = new ArrayList<>();
    private volatile Runnable beforeOwning = () -> {};
    private int changesLeft = Integer.MAX_VALUE;

    /** From now on it takes so many changes and is then away. */
    public synchronized void awayAfter(int changes) {
        changesLeft = changes;
    }

    /** Runs something whenever an application is about to own objects, outside of any lock. */
    public void beforeOwning(Runnable next) {
        beforeOwning = next;
    }

    /** {@return all facts told, in order} */
    public synchronized List<Decision.Told> facts() {
        return List.copyOf(facts);
    }

    /** {@return the facts of a kind that were told, in order} */
    public <T extends SyncFact> List<T> facts(Class<T> kind) {
        return facts().stream()
                .map(Decision.Told::fact)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    @Override
    public synchronized Decision change(
            String application,
            Function<ApplicationState, Decision> rules,
            Function<ApplicationState, @Nullable ApplicationStatus> view) {
        spend();
        Decision decision = rules.apply(states.getOrDefault(application, ApplicationState.NEW));
        ApplicationStatus status = view.apply(decision.next());
        states.put(application, decision.next());
        facts.addAll(decision.facts());
        if (status != null) {
            statuses.put(application, status);
        }
        return decision;
    }

    private void spend() {
        if (changesLeft <= 0) {
            throw new StoreUnavailable("away", new IllegalStateException("as the test wants"));
        }
        changesLeft--;
    }

    @Override
    public synchronized ApplicationState read(String application) {
        return states.getOrDefault(application, ApplicationState.NEW);
    }

    @Override
    public synchronized Set<String> names() {
        return Set.copyOf(states.keySet());
    }

    @Override
    public synchronized void forget(String application) {
        spend();
        states.remove(application);
        statuses.remove(application);
        owned.remove(application);
    }

    @Override
    public synchronized List<ApplicationStatus> statuses(@Nullable String after, int limit) {
        return (after == null ? statuses : statuses.tailMap(after, false))
                .values().stream().limit(limit).toList();
    }

    @Override
    public synchronized Optional<ApplicationStatus> status(String application) {
        return Optional.ofNullable(statuses.get(application));
    }

    @Override
    public synchronized Set<ObjectRef> owned(String application) {
        return Set.copyOf(owned.getOrDefault(application, Set.of()));
    }

    @Override
    public void own(String application, Collection<ObjectRef> objects) {
        if (owned(application).containsAll(objects)) {
            return;
        }
        beforeOwning.run();
        synchronized (this) {
            spend();
            owned.computeIfAbsent(application, _ -> new HashSet<>()).addAll(objects);
        }
    }

    @Override
    public synchronized void disown(String application, Collection<ObjectRef> objects) {
        owned.computeIfAbsent(application, _ -> new HashSet<>()).removeAll(objects);
    }
}
