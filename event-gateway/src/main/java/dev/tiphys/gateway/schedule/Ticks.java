package dev.tiphys.gateway.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Works out which ticks are due. Pure. */
final class Ticks {
    /** So many ticks of one schedule are made up for at most, the newest; what is left out is said. */
    static final int MOST = 100;

    /** {@code skip} does not count what passed within this before a process was up: a restart is no absence. */
    static final Duration GRACE = Duration.ofMinutes(2);

    private static final Duration FIRST_WINDOW = Duration.ofHours(1);

    /**
     * What is due.
     *
     * @param ticks the times to fire, in order
     * @param handled up to here everything is decided once the ticks are fired
     * @param leftOut null if nothing is left out
     */
    record Due(
            List<Instant> ticks, Instant handled, @Nullable LeftOut leftOut) {
        Due {
            ticks = List.copyOf(ticks);
        }
    }

    /** Ticks that are not fired, from the first to the last; {@code count} is null for those that nobody counted. */
    record LeftOut(Instant first, Instant last, @Nullable Integer count) {
        String text() {
            if (count == null) {
                return "more than " + MOST + " ticks were missed; those from " + first + " to " + last + " do not run";
            }
            return count == 1
                    ? "the tick of " + first + " was missed and does not run"
                    : count + " ticks, from " + first + " to " + last + ", were missed and do not run";
        }
    }

    /**
     * Ticks whose time has come.
     *
     * @param older the newest of those that are too many; null if there are none
     */
    private record Ripe(List<Instant> ticks, @Nullable Instant older) {}

    private Ticks() {}

    /**
     * {@return which ticks after {@code handled} are due}
     *
     * @param upSince since when there was somebody to notice: what was due later is late, and never missed
     */
    static Due due(Schedule schedule, Instant handled, Instant upSince, Instant now) {
        Ripe ripe = ripe(schedule, handled, now);
        if (ripe.ticks().isEmpty()) {
            return new Due(List.of(), handled, null);
        }
        List<Instant> fired = new ArrayList<>();
        List<Instant> left = new ArrayList<>();
        for (int i = 0; i < ripe.ticks().size(); i++) {
            Instant tick = ripe.ticks().get(i);
            boolean missed = schedule.happens(tick).isBefore(upSince);
            boolean lastMissed = i + 1 == ripe.ticks().size()
                    || !schedule.happens(ripe.ticks().get(i + 1)).isBefore(upSince);
            (!missed || madeUp(schedule, tick, lastMissed, upSince) ? fired : left).add(tick);
        }
        return new Due(fired, ripe.ticks().getLast(), leftOut(schedule, handled, ripe, left));
    }

    private static boolean madeUp(Schedule schedule, Instant tick, boolean lastMissed, Instant upSince) {
        Duration catchUp = schedule.catchUp();
        return switch (schedule.missed()) {
            case SKIP -> !schedule.happens(tick).isBefore(upSince.minus(GRACE));
            case LATEST -> lastMissed;
            case ALL -> catchUp == null || !tick.isBefore(upSince.minus(catchUp));
        };
    }

    private static @Nullable LeftOut leftOut(Schedule schedule, Instant handled, Ripe ripe, List<Instant> left) {
        Instant older = ripe.older();
        if (older != null) {
            Instant first = schedule.after(handled).orElse(older);
            return new LeftOut(first, left.isEmpty() ? older : left.getLast(), null);
        }
        return left.isEmpty() ? null : new LeftOut(left.getFirst(), left.getLast(), left.size());
    }

    /** Looks back from now in growing windows: after a long absence nobody counts a million minutes. */
    private static Ripe ripe(Schedule schedule, Instant handled, Instant now) {
        Duration window = FIRST_WINDOW;
        while (true) {
            Instant back = now.minus(schedule.jitter()).minus(window);
            Instant from = back.isBefore(handled) ? handled : back;
            List<Instant> ticks = between(schedule, from, now);
            if (ticks.size() > MOST) {
                int first = ticks.size() - MOST;
                return new Ripe(ticks.subList(first, ticks.size()), ticks.get(first - 1));
            }
            if (from.equals(handled)) {
                return new Ripe(ticks, null);
            }
            window = window.multipliedBy(4);
        }
    }

    /** In order, up to the first that does not happen yet: an earlier one never comes after a later one. */
    private static List<Instant> between(Schedule schedule, Instant from, Instant now) {
        List<Instant> ticks = new ArrayList<>();
        Optional<Instant> tick = schedule.after(from);
        while (tick.isPresent() && !schedule.happens(tick.get()).isAfter(now)) {
            ticks.add(tick.get());
            tick = schedule.after(tick.get());
        }
        return ticks;
    }

    /** {@return when the next tick after {@code handled} is to happen; empty if there is none any more} */
    static Optional<Instant> next(Schedule schedule, Instant handled) {
        return schedule.after(handled).map(schedule::happens);
    }
}
