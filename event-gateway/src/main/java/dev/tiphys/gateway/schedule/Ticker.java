package dev.tiphys.gateway.schedule;

import dev.tiphys.gateway.intake.Arrival;
import dev.tiphys.gateway.intake.Intake;
import dev.tiphys.gateway.intake.Taken;
import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.VerdictWord;
import dev.tiphys.gateway.schedule.Marks.Mark;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fires what is due. A tick is fired while its schedule is locked, and is remembered afterwards: whoever does it again after a
 * crash makes the same event, which is on the log once. What became due while this process was up is fired, however late;
 * what did before it was is the schedule's to decide.
 *
 * <p>{@link #pass} is one thread's; everything else is thread-safe.
 */
public final class Ticker {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Another process has the schedule at the moment. */
    private static final Duration TAKEN_PAUSE = Duration.ofSeconds(2);

    private final Marks marks;
    private final Intake intake;
    private final DeliveryLedger ledger;
    private final InstantSource clock;
    private final Duration patience;
    private final Instant upSince;
    private final Object turn = new Object();
    private final Map<String, Instant> firstSeen = new TreeMap<>();
    private volatile Schedules schedules = Schedules.NONE;
    private long followed;
    private long kept;
    private Duration pause = FIRST_PAUSE;
    private volatile @Nullable String trouble;

    /**
     * When to look again, and what is worth saying.
     *
     * @param again null if there is nothing to wait for
     * @param trouble why not all could be fired; null if all was
     * @param leftOut ticks that are not fired, one text for each schedule
     */
    public record Pass(@Nullable Instant again, @Nullable String trouble, List<String> leftOut) {}

    /** @param patience how long the broker is waited for */
    public Ticker(Marks marks, Intake intake, DeliveryLedger ledger, InstantSource clock, Duration patience) {
        this.marks = marks;
        this.intake = intake;
        this.ledger = ledger;
        this.clock = clock;
        this.patience = patience;
        this.upSince = clock.instant();
    }

    /** Takes the schedules of newer definitions; call {@link #pass} then. */
    public void follow(Schedules newer) {
        Instant now = clock.instant();
        synchronized (turn) {
            schedules = newer;
            firstSeen.keySet().retainAll(newer.byKey().keySet());
            newer.byKey().keySet().forEach(key -> firstSeen.putIfAbsent(key, now));
            followed++;
        }
    }

    /** Fires what is due. */
    public Pass pass() {
        List<String> leftOut = new ArrayList<>();
        try {
            Schedules all = keep();
            Map<String, Mark> known = new HashMap<>(marks.all());
            List<String> due = due(all, known);
            String failure = null;
            if (!due.isEmpty()) {
                Round round = new Round(all);
                known.putAll(marks.take(due, round::fire));
                round.done.forEach(Runnable::run);
                leftOut.addAll(round.leftOut);
                failure = round.failure;
            }
            return new Pass(again(all, known, failure), failure, leftOut);
        } catch (Marks.MarksUnavailable e) {
            String what = "the database does not answer: " + e.getMessage();
            return new Pass(paused(what), what, leftOut);
        }
    }

    private Schedules keep() {
        Map<String, Instant> seen;
        Schedules current;
        long edition;
        synchronized (turn) {
            current = schedules;
            edition = followed;
            if (kept == edition) {
                return current;
            }
            seen = new TreeMap<>(firstSeen);
        }
        marks.keep(seen, current.definitionsOffset());
        synchronized (turn) {
            kept = edition;
        }
        return current;
    }

    private List<String> due(Schedules all, Map<String, Mark> known) {
        Instant now = clock.instant();
        return all.byKey().values().stream()
                .filter(schedule -> isDue(schedule, known.get(schedule.key()), now))
                .map(Schedule::key)
                .sorted()
                .toList();
    }

    private static boolean isDue(Schedule schedule, @Nullable Mark mark, Instant now) {
        return mark != null
                && Ticks.next(schedule, mark.handled())
                        .filter(next -> !next.isAfter(now))
                        .isPresent();
    }

    private @Nullable Instant again(Schedules all, Map<String, Mark> known, @Nullable String failure) {
        if (failure != null) {
            return paused(failure);
        }
        pause = FIRST_PAUSE;
        trouble = null;
        Instant now = clock.instant();
        Instant soonest = null;
        for (Schedule schedule : all.byKey().values()) {
            Mark mark = known.get(schedule.key());
            // One without a mark was forgotten by a process with older definitions.
            Optional<Instant> next = mark == null ? Optional.of(now) : Ticks.next(schedule, mark.handled());
            if (mark == null) {
                synchronized (turn) {
                    followed++;
                }
            }
            if (next.isPresent() && (soonest == null || next.get().isBefore(soonest))) {
                soonest = next.get();
            }
        }
        return soonest == null || soonest.isAfter(now) ? soonest : now.plus(TAKEN_PAUSE);
    }

    private Instant paused(String why) {
        trouble = why;
        Instant again = clock.instant().plus(pause);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        return again;
    }

    /** What is done while schedules are locked. */
    private final class Round {
        private final Schedules all;
        private final List<String> leftOut = new ArrayList<>();
        /** What is done once the marks are remembered. */
        private final List<Runnable> done = new ArrayList<>();

        private @Nullable String failure;

        private Round(Schedules all) {
            this.all = all;
        }

        private Map<String, Mark> fire(Map<String, Mark> locked) {
            List<Firing> firings = new ArrayList<>();
            Instant now = clock.instant();
            locked.forEach((key, mark) -> {
                Schedule schedule = all.byKey().get(key);
                if (schedule != null) {
                    firings.add(new Firing(schedule, mark, Ticks.due(schedule, mark.handled(), upSince, now)));
                }
            });
            await(started(firings));
            Map<String, Mark> moved = new LinkedHashMap<>();
            for (Firing firing : firings) {
                moved.put(firing.schedule.key(), firing.reached());
                Ticks.LeftOut left = firing.due.leftOut();
                if (left != null && firing.isThrough()) {
                    leftOut.add(firing.schedule.key() + ": " + left.text());
                    done.add(() -> ledger.record(leftOutEntry(firing.schedule, left, now)));
                }
            }
            return moved;
        }

        /** A broker that is away is not asked for each: asking it takes time. */
        private CompletableFuture<Void> started(List<Firing> firings) {
            List<CompletableFuture<?>> outcomes = new ArrayList<>();
            for (Firing firing : firings) {
                if (outcomes.stream().noneMatch(CompletableFuture::isCompletedExceptionally)) {
                    outcomes.add(firing.start(all.definitionsOffset()));
                }
            }
            return CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new));
        }

        private void await(CompletableFuture<Void> all) {
            try {
                all.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                failure = "the broker does not take ticks: " + e.getCause();
            } catch (TimeoutException e) {
                failure = "the broker takes longer than " + patience.toSeconds() + " s";
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = "interrupted";
            }
        }
    }

    /** The due ticks of one schedule, one after the other. */
    private final class Firing {
        private final Schedule schedule;
        private final Ticks.Due due;
        private volatile Mark now;

        private Firing(Schedule schedule, Mark before, Ticks.Due due) {
            this.schedule = schedule;
            this.due = due;
            this.now = before;
        }

        private CompletableFuture<?> start(long definitionsOffset) {
            CompletableFuture<?> chain = CompletableFuture.completedFuture(null);
            for (Instant tick : due.ticks()) {
                chain = chain.thenCompose(_ -> one(tick, definitionsOffset));
            }
            return chain.thenRun(() -> now = new Mark(due.handled(), now.lastTick()));
        }

        private CompletableFuture<?> one(Instant tick, long definitionsOffset) {
            Instant at = clock.instant();
            Arrival arrival = TickEvents.of(schedule, tick, at, definitionsOffset);
            return intake.take(arrival).toCompletableFuture().thenAccept(taken -> {
                now = new Mark(tick, tick);
                ledger.record(entry(schedule, tick, arrival, taken, at));
            });
        }

        private Mark reached() {
            return now;
        }

        private boolean isThrough() {
            return now.handled().equals(due.handled());
        }
    }

    private LedgerEntry entry(Schedule schedule, Instant tick, Arrival arrival, Taken taken, Instant at) {
        LedgerEntry.Place place = switch (taken) {
            case Taken.Published(var positions) ->
                positions.isEmpty()
                        ? null
                        : new LedgerEntry.Place(
                                positions.getFirst().partition(),
                                positions.getFirst().offset());
            case Taken.Duplicate() -> null;
        };
        VerdictWord verdict = switch (taken) {
            case Taken.Published _ -> VerdictWord.ACCEPTED;
            case Taken.Duplicate() -> VerdictWord.DUPLICATE;
        };
        Duration took = Duration.between(at, clock.instant());
        return new LedgerEntry(
                at,
                schedule.owner().name(),
                LedgerEntry.Way.SCHEDULE,
                verdict.word(),
                null,
                TickEvents.delivery(schedule, tick),
                arrival.events().getFirst().event().data().type(),
                List.of(arrival.key()),
                place,
                null,
                0,
                new LedgerEntry.Took(Duration.ZERO, Duration.ZERO, took),
                null,
                null);
    }

    private static LedgerEntry leftOutEntry(Schedule schedule, Ticks.LeftOut left, Instant at) {
        return LedgerEntry.bare(
                at,
                schedule.owner().name(),
                LedgerEntry.Way.SCHEDULE,
                VerdictWord.MISSED,
                left.text() + why(schedule, left),
                schedule.key(),
                0);
    }

    private static String why(Schedule schedule, Ticks.LeftOut left) {
        if (left.count() == null) {
            return ": after a pause at most " + Ticks.MOST + " run";
        }
        return switch (schedule.missed()) {
            case SKIP -> ": the schedule skips what it missed";
            case LATEST -> ": of what it missed, the schedule runs only the latest";
            case ALL -> ": they are older than the schedule makes up for";
        };
    }

    /**
     * {@return all schedules, by owner}
     *
     * @throws Marks.MarksUnavailable if that cannot be told now
     */
    public List<ScheduleView> views() {
        Schedules all = schedules;
        Map<String, Mark> known = marks.all();
        Instant now = clock.instant();
        List<ScheduleView> views = new ArrayList<>();
        all.byKey().values().forEach(schedule -> views.add(view(schedule, known.get(schedule.key()), now)));
        all.broken()
                .forEach(broken -> views.add(new ScheduleView(
                        name(broken.owner()),
                        broken.owner().kind(),
                        broken.cron(),
                        broken.timeZone(),
                        word(broken.missed()),
                        null,
                        null,
                        "broken",
                        broken.reason())));
        views.sort(Comparator.comparing(ScheduleView::owner)
                .thenComparing(ScheduleView::kind)
                .thenComparing(ScheduleView::cron)
                .thenComparing(ScheduleView::timeZone));
        return views;
    }

    private ScheduleView view(Schedule schedule, @Nullable Mark mark, Instant now) {
        Instant next = Ticks.next(schedule, mark == null ? now : mark.handled()).orElse(null);
        boolean late = next != null && next.plus(TAKEN_PAUSE).isBefore(now);
        String state = next == null ? "over" : late ? "late" : "waiting";
        return new ScheduleView(
                name(schedule.owner()),
                schedule.owner().kind(),
                schedule.cron(),
                schedule.timeZone(),
                missed(schedule),
                mark == null ? null : mark.lastTick(),
                next,
                state,
                late ? trouble : null);
    }

    private static String name(Schedule.Owner owner) {
        return switch (owner) {
            case Schedule.Owner.OfPipeline(var name) -> name;
            case Schedule.Owner.OfCalendar calendar -> calendar.name() + "/" + calendar.event();
        };
    }

    private static String missed(Schedule schedule) {
        return word(schedule.missed());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
