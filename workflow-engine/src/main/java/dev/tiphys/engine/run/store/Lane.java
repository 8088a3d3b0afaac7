package dev.tiphys.engine.run.store;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.cloudevent.CloudEventCodec;
import dev.tiphys.engine.line.Line;
import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Decision;
import dev.tiphys.engine.run.Decision.Refusal;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.RunRules;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.RunsUnavailable;
import dev.tiphys.engine.run.StepState;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Decides and writes, one transaction after the other, for the runs that belong to it. */
final class Lane {
    /** How long a new lease lasts without a heartbeat. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private static final int LARGEST_BATCH = 64;
    private static final int TRIES = 8;
    private static final int CACHED_RUNS = 256;
    /** In characters of JSON; what is read of it takes a few times as much memory. */
    private static final long CACHED_JSON = 8 << 20;

    private static final String SOURCE = "/tiphys/engine";
    private static final Logger log = Logger.getLogger(Lane.class);

    /** An input, who gave it, the timer that kept it, and who waits for the decision. */
    record Item(
            String run,
            RunInput input,
            Runs.@Nullable Action action,
            @Nullable String timer,
            CompletableFuture<Decision> decision) {}

    private record Written(RunDraft draft, List<Effect> effects) {}

    private final DataSource source;
    private final RunRules rules;
    private final Libraries libraries;
    private final InstantSource clock;
    private final String owner;
    private final Supplier<? extends Collection<Aftermath>> aftermath;
    private final LaneMetrics metrics;
    private final Runs runs;
    private final BlockingQueue<Item> waiting = new LinkedBlockingQueue<>();
    private final RunCache cache = new RunCache(CACHED_RUNS, CACHED_JSON);
    private final Thread thread;
    private volatile boolean closed;

    Lane(
            int number,
            DataSource source,
            RunRules rules,
            Libraries libraries,
            InstantSource clock,
            String owner,
            Supplier<? extends Collection<Aftermath>> aftermath,
            LaneMetrics metrics,
            Runs runs) {
        this.source = source;
        this.rules = rules;
        this.libraries = libraries;
        this.clock = clock;
        this.owner = owner;
        this.aftermath = aftermath;
        this.metrics = metrics;
        this.runs = runs;
        this.thread = Thread.ofPlatform().daemon().name("engine-lane-" + number).start(this::run);
    }

    CompletableFuture<Decision> take(Item item) {
        waiting.add(item);
        if (closed) {
            refuseWaiting();
        }
        return item.decision();
    }

    void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refuseWaiting();
    }

    private void refuseWaiting() {
        for (Item item = waiting.poll(); item != null; item = waiting.poll()) {
            item.decision()
                    .completeExceptionally(
                            new RunsUnavailable("the service stops", new IllegalStateException("lane is closed")));
        }
    }

    private void run() {
        while (!closed) {
            List<Item> items = new ArrayList<>();
            try {
                items.add(waiting.take());
            } catch (InterruptedException e) {
                log.debug("a lane was woken to stop");
                continue;
            }
            waiting.drainTo(items, LARGEST_BATCH - 1);
            try {
                long begun = System.nanoTime();
                together(items);
                metrics.written(items.size(), Duration.ofNanos(System.nanoTime() - begun));
            } catch (RuntimeException | Error e) {
                // The lane outlives whatever this is: other runs belong to it as well.
                log.errorf(e, "a lane broke on %d inputs and goes on", items.size());
                items.forEach(item -> cache.remove(item.run()));
                items.forEach(item -> item.decision().completeExceptionally(e));
            }
        }
    }

    private void together(List<Item> items) {
        try {
            commit(items);
        } catch (Batch.Conflict | SQLException | RuntimeException | Error e) {
            items.forEach(item -> cache.remove(item.run()));
            if (e instanceof SQLException failure && isAway(failure)) {
                // One by one, each would wait for a connection by itself.
                items.forEach(item -> item.decision().completeExceptionally(unavailable(item, failure)));
                return;
            }
            if (log.isDebugEnabled()) {
                log.debugf("a batch of %d is written one by one: %s", items.size(), e.getMessage());
            }
            items.forEach(this::alone);
        }
    }

    /** Writes one input by itself, so that it alone suffers from what is wrong with it. */
    private void alone(Item item) {
        Exception last = null;
        for (int i = 0; i < TRIES; i++) {
            cache.remove(item.run());
            try {
                if (isStartedElsewhere(item)) {
                    return;
                }
                commit(List.of(item));
                return;
            } catch (Batch.Conflict e) {
                last = e;
            } catch (SQLException e) {
                last = e;
                if (isImpossible(e)) {
                    item.decision()
                            .completeExceptionally(new IllegalStateException(
                                    "the database cannot hold what run " + item.run() + " is told: " + e.getMessage(),
                                    e));
                    return;
                }
                if (!isConflict(e)) {
                    break;
                }
            } catch (RuntimeException | Error e) {
                log.errorf(e, "a decision about run %s broke", item.run());
                item.decision().completeExceptionally(e);
                return;
            }
        }
        if (last instanceof Batch.Conflict && leaseOf(item) != null) {
            refuse(item, new Decision.Refused(Refusal.STALE, "the lease of step " + leaseOf(item) + " is lost"));
            return;
        }
        item.decision()
                .completeExceptionally(
                        unavailable(item, last == null ? new IllegalStateException("no try was made") : last));
    }

    private static RunsUnavailable unavailable(Item item, Exception cause) {
        return new RunsUnavailable("run " + item.run() + " cannot be written: " + cause.getMessage(), cause);
    }

    private boolean isStartedElsewhere(Item item) {
        if (!(item.input() instanceof RunInput.Start(var charter))) {
            return false;
        }
        return runs.startedBy(charter.pipeline(), charter.triggerKey())
                .map(run -> {
                    refuse(item, new Decision.Refused(Refusal.DUPLICATE, "run " + run + " exists"));
                    return true;
                })
                .orElse(false);
    }

    private static @Nullable String leaseOf(Item item) {
        return switch (item.input()) {
            case RunInput.LeafReported reported -> reported.step();
            case RunInput.LeafWaits waits -> waits.step();
            case RunInput.Start _,
                    RunInput.TurnAwaited _,
                    RunInput.TurnGranted _,
                    RunInput.Superseded _,
                    RunInput.SyncReported _,
                    RunInput.TimerFired _,
                    RunInput.Cancel _,
                    RunInput.Retry _,
                    RunInput.Judge _ -> null;
        };
    }

    private void refuse(Item item, Decision.Refused refused) {
        metrics.refused(refused.why().name());
        item.decision().complete(refused);
    }

    /** The database is not there, or ends its sessions: class 08, and the operator's 57P. */
    private static boolean isAway(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }

    /** What it is told is of no form that it keeps (class 22): that never gets better. */
    private static boolean isImpossible(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith("22");
    }

    private static boolean isConflict(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.equals("23505") || state.startsWith("40"));
    }

    private void commit(List<Item> items) throws SQLException, Batch.Conflict {
        Map<String, RunDraft> drafts = new LinkedHashMap<>();
        Map<Item, Decision> decisions = new LinkedHashMap<>();
        List<Written> written = new ArrayList<>();
        List<Signal> signals;
        try (Connection connection = source.getConnection()) {
            Set<String> remembered = load(connection, items, drafts);
            Iterator<Long> fences = fences(connection, items, drafts).iterator();
            RunRules.Moment moment = new RunRules.Moment(clock.instant(), 0, libraries.now());
            Batch batch = new Batch();
            for (Item item : items) {
                RunDraft draft = draft(drafts, item.run());
                moment = new RunRules.Moment(moment.now(), fences.next(), moment.library());
                Decision decision = rules.decide(draft.run(), item.input(), moment);
                if (decision instanceof Decision.Refused refused && remembered.contains(item.run())) {
                    // Another instance may have gone on with the run; what is accepted meets it by the version, a
                    // refusal would not.
                    throw new Batch.Conflict("run " + item.run() + " is read anew before this: " + refused.detail());
                }
                decisions.put(item, decision);
                if (item.timer() != null) {
                    draft.clearTimer(item.timer());
                }
                if (decision instanceof Decision.Accepted(var events)) {
                    checkLease(batch, item);
                    written.add(new Written(draft, draft.apply(events)));
                    audit(item, moment.now(), draft, written);
                }
            }
            signals = write(connection, batch, drafts, written, moment);
        }
        after(items, drafts, decisions, signals);
    }

    private List<Signal> write(
            Connection connection,
            Batch batch,
            Map<String, RunDraft> drafts,
            List<Written> written,
            RunRules.Moment moment)
            throws SQLException, Batch.Conflict {
        Set<String> keys = lineKeys(written);
        if (keys.isEmpty()) {
            fill(batch, drafts, written, moment.now());
            batch.write(connection);
            return List.of();
        }
        connection.setAutoCommit(false);
        try {
            List<Signal> signals = standInLine(connection, batch, keys, drafts, written, moment);
            fill(batch, drafts, written, moment.now());
            batch.write(connection);
            connection.commit();
            return signals;
        } catch (SQLException | Batch.Conflict | RuntimeException | Error e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void fill(Batch batch, Map<String, RunDraft> drafts, List<Written> written, Instant now) {
        drafts.values().forEach(draft -> draft.addTo(batch, owner, now.plus(LEASE)));
        for (Written each : written) {
            Charter charter = each.draft().present().charter();
            for (Effect effect : each.effects()) {
                if (effect instanceof Effect.Publish publish) {
                    publish(batch, charter, publish);
                }
            }
        }
    }

    private static void publish(Batch batch, Charter charter, Effect.Publish publish) {
        String event = charter.trigger().event();
        Causality causality = new Causality(event == null ? charter.id() : event, event, charter.traceparent(), null);
        ProducerRecord<String, byte[]> record = CloudEventCodec.write(
                publish.topic(),
                publish.key(),
                new CloudEvent<>(publish.id(), SOURCE, charter.id(), publish.at(), causality, publish.payload()));
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        batch.outbox(
                record.topic(),
                record.key(),
                RunJson.text(headers),
                new String(record.value(), StandardCharsets.UTF_8));
    }

    private void audit(Item item, Instant now, RunDraft draft, List<Written> written) {
        Runs.Action action = item.action();
        if (action == null) {
            return;
        }
        String id = draft.id() + "/" + draft.present().tally().facts() + "/" + action.action();
        ActionTaken taken = new ActionTaken(action.actor(), action.action(), action.target(), action.comment());
        written.add(new Written(draft, List.of(new Effect.Publish(Topic.AUDIT, action.actor(), id, now, taken))));
    }

    private static void checkLease(Batch batch, Item item) {
        switch (item.input()) {
            case RunInput.LeafReported reported ->
                batch.leaseHeld(item.run(), reported.step(), reported.attempt(), reported.lease());
            case RunInput.LeafWaits waits -> batch.leaseHeld(item.run(), waits.step(), waits.attempt(), waits.lease());
            case RunInput.Start _,
                    RunInput.TurnAwaited _,
                    RunInput.TurnGranted _,
                    RunInput.Superseded _,
                    RunInput.SyncReported _,
                    RunInput.TimerFired _,
                    RunInput.Cancel _,
                    RunInput.Retry _,
                    RunInput.Judge _ -> {}
        }
    }

    /** What a line said to a run that is not of this transaction: kept in the store, handed in right after the commit. */
    private record Signal(String run, String key, RunInput input) {}

    private static Set<String> lineKeys(List<Written> written) {
        Set<String> keys = new TreeSet<>();
        for (Written each : written) {
            for (Effect effect : each.effects()) {
                switch (effect) {
                    case Effect.JoinLine(var key, var _) -> keys.add(key);
                    case Effect.LeaveLine(var key, var _) -> keys.add(key);
                    case Effect.Publish _,
                            Effect.SetTimer _,
                            Effect.ClearTimer _,
                            Effect.OfferWork _,
                            Effect.CancelWork _,
                            Effect.EndWork _ -> {}
                }
            }
        }
        return keys;
    }

    private List<Signal> standInLine(
            Connection connection,
            Batch batch,
            Set<String> keys,
            Map<String, RunDraft> drafts,
            List<Written> written,
            RunRules.Moment moment)
            throws SQLException {
        Map<String, Line> lines = lock(connection, keys);
        Map<String, Signal> signals = new LinkedHashMap<>();
        Deque<Written> open = new ArrayDeque<>(written);
        for (Written each = open.poll(); each != null; each = open.poll()) {
            for (Effect effect : each.effects()) {
                for (Line.Word word : change(lines, each.draft().id(), effect)) {
                    RunInput input = input(word);
                    RunDraft told = drafts.get(word.run());
                    if (told == null || !told.isChanged()) {
                        signals.put(word.run() + key(word), new Signal(word.run(), key(word), input));
                    } else if (rules.decide(told.run(), input, moment) instanceof Decision.Accepted(var events)) {
                        Written more = new Written(told, told.apply(events));
                        written.add(more);
                        open.add(more);
                    }
                }
            }
        }
        for (Signal signal : signals.values()) {
            batch.timerSet(signal.run(), signal.key(), moment.now(), RunJson.text(signal.input()));
        }
        lines.forEach((key, line) -> {
            if (line.isEmpty()) {
                batch.lineLeft(key);
            } else {
                batch.line(key, RunJson.text(line));
            }
        });
        return List.copyOf(signals.values());
    }

    private static List<Line.Word> change(Map<String, Line> lines, String run, Effect effect) {
        return switch (effect) {
            case Effect.JoinLine(var key, var rule) -> {
                Line.Outcome outcome = line(lines, key).join(new Line.Place(run, Line.Rule.valueOf(rule.name())));
                lines.put(key, outcome.line());
                yield outcome.words();
            }
            case Effect.LeaveLine(var key, var _) -> {
                Line.Outcome outcome = line(lines, key).leave(run);
                lines.put(key, outcome.line());
                yield outcome.words();
            }
            case Effect.Publish _,
                    Effect.SetTimer _,
                    Effect.ClearTimer _,
                    Effect.OfferWork _,
                    Effect.CancelWork _,
                    Effect.EndWork _ -> List.of();
        };
    }

    private static Line line(Map<String, Line> lines, String key) {
        Line line = lines.get(key);
        if (line == null) {
            throw new IllegalStateException("line " + key + " is not locked");
        }
        return line;
    }

    private static String key(Line.Word word) {
        return "line#" + word.getClass().getSimpleName();
    }

    private static RunInput input(Line.Word word) {
        return switch (word) {
            case Line.Word.Granted _ -> new RunInput.TurnGranted();
            case Line.Word.Behind(var _, var first) -> new RunInput.TurnAwaited(first);
            case Line.Word.Superseded(var _, var by) -> new RunInput.Superseded(by);
        };
    }

    private static Map<String, Line> lock(Connection connection, Set<String> keys) throws SQLException {
        Map<String, Line> lines = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into engine.line (key, state) select k, '' from unnest(?::text[]) as x(k) order by k
                on conflict (key) do update set key = excluded.key returning key, state""")) {
            statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    lines.put(rows.getString(1), RunJson.line(rows.getString(2)));
                }
            }
        }
        return lines;
    }

    /** {@return the runs that were not read but remembered} */
    private Set<String> load(Connection connection, List<Item> items, Map<String, RunDraft> drafts)
            throws SQLException {
        Set<String> missing = new LinkedHashSet<>();
        Set<String> remembered = new HashSet<>();
        for (Item item : items) {
            RunCache.Known known = cache.get(item.run());
            if (known != null) {
                remembered.add(item.run());
                drafts.put(item.run(), RunDraft.of(known));
            } else if (!(item.input() instanceof RunInput.Start) || items.size() == 1) {
                missing.add(item.run());
            }
        }
        if (!missing.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(
                    "select id, charter, progress from engine.run where id = any (?::text[])")) {
                statement.setArray(1, connection.createArrayOf("text", missing.toArray()));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        String charter = rows.getString(2);
                        String progress = rows.getString(3);
                        Run.Present run = RunJson.run(RunJson.charter(charter), progress);
                        drafts.put(
                                rows.getString(1),
                                RunDraft.of(new RunCache.Known(run, charter.length(), progress.length())));
                    }
                }
            }
        }
        for (Item item : items) {
            drafts.computeIfAbsent(item.run(), RunDraft::absent);
        }
        return remembered;
    }

    private static RunDraft draft(Map<String, RunDraft> drafts, String run) {
        RunDraft draft = drafts.get(run);
        if (draft == null) {
            throw new IllegalStateException("run " + run + " is not loaded");
        }
        return draft;
    }

    /** {@return a token for each item, in order: a fresh one where a deployment may begin} */
    private static List<Long> fences(Connection connection, List<Item> items, Map<String, RunDraft> drafts)
            throws SQLException {
        boolean isNeeded = items.stream()
                .anyMatch(item -> item.input() instanceof RunInput.Start(var charter)
                        ? deploys(charter)
                        : draft(drafts, item.run()).run() instanceof Run.Present run && mayDeploy(run, item.input()));
        if (!isNeeded) {
            return Collections.nCopies(items.size(), 0L);
        }
        List<Long> fences = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select nextval('engine.fence') from generate_series(1, ?)")) {
            statement.setInt(1, items.size());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    fences.add(rows.getLong(1));
                }
            }
        }
        return fences;
    }

    private static boolean deploys(Charter charter) {
        return charter.plan().all().stream().anyMatch(task -> task.kind().equals("deploy"));
    }

    private static boolean mayDeploy(Run.Present run, RunInput input) {
        return run.charter().plan().all().stream()
                .filter(task -> task.kind().equals("deploy"))
                .anyMatch(task -> input instanceof RunInput.Retry
                        || run.steps().get(task.name()) instanceof StepState.Pending
                        || run.steps().get(task.name()) instanceof StepState.BackingOff);
    }

    private void after(
            List<Item> items, Map<String, RunDraft> drafts, Map<Item, Decision> decisions, List<Signal> signals) {
        for (RunDraft draft : drafts.values()) {
            if (!(draft.run() instanceof Run.Present present)) {
                continue;
            }
            if (present instanceof Run.Finished) {
                cache.remove(draft.id());
            } else {
                cache.put(draft.id(), draft.known());
            }
            if (draft.isChanged()) {
                count(draft, present);
                tell(present, draft.effects());
            }
        }
        for (Signal signal : signals) {
            // A failure leaves the signal in the store, where the sweep finds it.
            var _ = runs.fired(signal.run(), signal.key(), signal.input());
        }
        for (Item item : items) {
            Decision decision = decisions.get(item);
            if (decision instanceof Decision.Refused refused) {
                refuse(item, refused);
            } else if (decision != null) {
                item.decision().complete(decision);
            }
        }
    }

    private void count(RunDraft draft, Run.Present present) {
        if (draft.isNew()) {
            metrics.started();
        }
        if (present instanceof Run.Finished finished) {
            metrics.finished(finished.verdict().state());
        }
    }

    private void tell(Run.Present run, List<Effect> effects) {
        for (Aftermath each : aftermath.get()) {
            try {
                each.after(run, effects);
            } catch (RuntimeException | Error e) {
                log.errorf(
                        e,
                        "what follows from run %s is left to the sweep",
                        run.charter().id());
            }
        }
    }
}
