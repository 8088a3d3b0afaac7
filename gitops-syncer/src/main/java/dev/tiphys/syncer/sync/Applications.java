package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.syncer.source.Answer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * All applications, each of which works by itself: none waits for another, and none stops because of another. Thread-safe.
 */
public final class Applications {
    private final Surroundings surroundings;
    private final SyncHandler handler;
    private final Stages stages;
    private final AtomicReference<Catalog> catalog = new AtomicReference<>(Catalog.EMPTY);
    private final ConcurrentHashMap<String, ApplicationActor> actors = new ConcurrentHashMap<>();

    public Applications(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.handler = new SyncHandler(
                surroundings.store(),
                name -> catalog.get().application(name).orElse(null),
                surroundings.time(),
                surroundings.outboxBell());
        this.stages = new Stages(
                surroundings.sources(),
                surroundings.manifests(),
                surroundings.accesses(),
                surroundings.clusters(),
                surroundings.store(),
                surroundings.workers());
        surroundings.clusters().onChange(this::liveChanged);
    }

    /** {@return the definitions in use} */
    public Catalog catalog() {
        return catalog.get();
    }

    /**
     * Decides about an input and lets the application work on what follows. Returns when the decision is remembered, not when
     * the work is done.
     *
     * @throws ApplicationStore.StoreUnavailable if nothing is known to be remembered; try again later
     */
    public Decision handle(String application, SyncInput input) {
        Decision decision = handler.handle(application, input);
        if (decision.refusal() != null) {
            surroundings.telemetry().refused(application, decision.refusal());
        }
        actor(application).poke();
        return decision;
    }

    /** Takes new definitions into use. What an application does not share with its former definition, it looks at anew. */
    public synchronized void redefine(Catalog next) {
        Catalog before = catalog.get();
        if (next.offset() <= before.offset()) {
            return; // two threads brought the same news
        }
        catalog.set(next);
        Set<String> names = new HashSet<>(next.applications().keySet());
        names.addAll(before.applications().keySet());
        for (String name : names) {
            boolean same = before.application(name).equals(next.application(name))
                    && before.cascades(name) == next.cascades(name);
            if (!same) {
                actor(name).redefined();
            }
        }
    }

    /**
     * Goes on with what a former process left: syncs that ran, and applications whose definition went meanwhile. Called once,
     * after the first {@link #redefine}.
     */
    public void resume() {
        if (catalog.get().applications().isEmpty()) {
            return; // rather a log that was lost than a person who removed every application while nobody looked
        }
        surroundings.store().names().forEach(name -> actor(name).poke());
    }

    /** Lets the applications that a push touches ask for news. Works in the background: a lost push is made up for at start. */
    public void pushed(GitChange change) {
        List<Application> following = catalog.get().following(change);
        if (!following.isEmpty()) {
            surroundings.workers().execute(() -> refresh(following, paths(change, following.getFirst())));
        }
    }

    private void refresh(List<Application> following, @Nullable List<String> paths) {
        for (Application application : following) {
            if (Catalog.touches(application.source(), paths)) {
                actor(application.name()).refresh("push");
            }
        }
    }

    private @Nullable List<String> paths(GitChange change, Application any) {
        String before = change.before();
        String revision = change.revision();
        if (change.changedPaths() != null || before == null || revision == null || change.forced()) {
            return change.changedPaths();
        }
        try {
            Answer<List<String>> answer = surroundings
                    .sources()
                    .changedPaths(surroundings.accesses().to(any.source().repoUrl()), before, revision);
            return answer instanceof Answer.Found<List<String>>(List<String> paths) ? paths : null;
        } catch (RuntimeException | Error e) {
            surroundings.telemetry().unexpected(any.name(), e);
            return null; // rather one question too many than a push that nobody heard of
        }
    }

    /** Tells an application that one of its live objects changed. Returns at once. */
    public void liveChanged(String application) {
        ApplicationActor actor = actors.get(application);
        if (actor != null) {
            actor.poke();
        }
    }

    /** {@return the statuses by name after {@code after}; null from the start} */
    public List<ApplicationStatus> statuses(@Nullable String after, int limit) {
        return surroundings.store().statuses(after, limit);
    }

    /** {@return the status of one; empty if there is none} */
    public Optional<ApplicationStatus> status(String application) {
        return surroundings.store().status(application);
    }

    private ApplicationActor actor(String name) {
        return actors.computeIfAbsent(
                name, _ -> new ApplicationActor(name, surroundings, handler, stages, catalog::get, this::gone));
    }

    private void gone(String name) {
        actors.remove(name);
    }
}
