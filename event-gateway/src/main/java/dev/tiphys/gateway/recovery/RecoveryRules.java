package dev.tiphys.gateway.recovery;

import dev.tiphys.gateway.recovery.LostDelivery.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which deliveries are asked for again. Pure and total. */
public final class RecoveryRules {
    private RecoveryRules() {}

    /**
     * How far it goes.
     *
     * @param mostTimes how often one delivery is asked for
     * @param firstPause between two times; each further one is twice as long
     * @param horizon how long a server can be asked
     * @param grace how long a delivery may be under way before it counts as lost
     * @param mostAtOnce how many are asked for in one round
     * @param uninteresting what the server calls events that only try the connection
     */
    public record Policy(
            int mostTimes,
            Duration firstPause,
            Duration horizon,
            Duration grace,
            int mostAtOnce,
            Set<String> uninteresting) {
        public Policy {
            uninteresting = Set.copyOf(uninteresting);
        }
    }

    /** To ask for a delivery again. {@code lost} is what is remembered once it is done. */
    public record Ask(Attempt attempt, LostDelivery lost) {}

    /**
     * What is to be done, and what is settled.
     *
     * @param asks oldest first
     * @param waiting how many are lost and not asked for in this round
     */
    public record Plan(List<Ask> asks, List<LostDelivery> recovered, List<LostDelivery> givenUp, int waiting) {
        public Plan {
            asks = List.copyOf(asks);
            recovered = List.copyOf(recovered);
            givenUp = List.copyOf(givenUp);
        }
    }

    /**
     * Decides.
     *
     * @param attempts the server's list
     * @param arrived the ids of those deliveries that the ledger has
     * @param lost what is remembered of deliveries that did not arrive, by id
     */
    public static Plan plan(
            List<Attempt> attempts, Set<String> arrived, Map<String, LostDelivery> lost, Policy policy, Instant now) {
        List<Ask> asks = new ArrayList<>();
        List<LostDelivery> recovered = new ArrayList<>();
        List<LostDelivery> givenUp = new ArrayList<>();
        int waiting = 0;
        Map<String, List<Attempt>> all = byDelivery(attempts);
        for (List<Attempt> attemptsOfOne : all.values()) {
            Attempt first = attemptsOfOne.getFirst();
            LostDelivery known = lost.get(first.delivery());
            switch (judge(attemptsOfOne, arrived, known, policy, now)) {
                case Judgement.Well _ -> {}
                case Judgement.Waits _ -> waiting++;
                case Judgement.Recovered(var one) -> recovered.add(one);
                case Judgement.Hopeless(var one) -> givenUp.add(one);
                case Judgement.Again(var ask) -> asks.add(ask);
            }
        }
        // What the server does not list any more can still have arrived, or is too old.
        for (LostDelivery known : lost.values()) {
            if (all.containsKey(known.delivery())) {
                continue;
            }
            if (arrived.contains(known.delivery()) && known.state() != State.RECOVERED) {
                recovered.add(known.recovered());
            } else if (known.state() == State.ASKED && isTooOld(known.happenedAt(), policy, now)) {
                givenUp.add(known.givenUp("it is too old for its server to send it again"));
            }
        }
        asks.sort(Comparator.comparing(ask -> ask.lost().happenedAt()));
        int rest = Math.max(0, asks.size() - policy.mostAtOnce());
        return new Plan(asks.subList(0, asks.size() - rest), recovered, givenUp, waiting + rest);
    }

    /** What is to be done about one delivery. */
    private sealed interface Judgement {
        record Well() implements Judgement {}

        record Waits() implements Judgement {}

        record Recovered(LostDelivery lost) implements Judgement {}

        record Hopeless(LostDelivery lost) implements Judgement {}

        record Again(Ask ask) implements Judgement {}
    }

    private static Judgement judge(
            List<Attempt> attempts, Set<String> arrived, @Nullable LostDelivery known, Policy policy, Instant now) {
        Attempt first = attempts.getFirst();
        Attempt last = attempts.getLast();
        if (attempts.stream().anyMatch(attempt -> attempt.deliveries().stream().anyMatch(arrived::contains))) {
            return known == null || known.state() == State.RECOVERED
                    ? new Judgement.Well()
                    : new Judgement.Recovered(known.recovered());
        }
        if (known != null && known.state() != State.ASKED) {
            return new Judgement.Well();
        }
        if (isNothingLost(attempts, policy)) {
            return new Judgement.Well();
        }
        if (now.isBefore(last.at().plus(policy.grace()))) {
            return new Judgement.Waits();
        }
        LostDelivery lost = known != null
                ? known
                : new LostDelivery(first.delivery(), first.event(), first.at(), State.ASKED, 0, now, null);
        if (isTooOld(first.at(), policy, now)) {
            return new Judgement.Hopeless(lost.givenUp("it is too old for its server to send it again"));
        }
        if (lost.times() >= policy.mostTimes()) {
            return new Judgement.Hopeless(lost.givenUp("it was asked for " + lost.times()
                    + " times and did not arrive; the last answer was " + answer(last)));
        }
        if (lost.times() > 0 && now.isBefore(lost.lastAskedAt().plus(pause(policy, lost.times())))) {
            return new Judgement.Waits();
        }
        LostDelivery asked = new LostDelivery(
                lost.delivery(), lost.event(), lost.happenedAt(), State.ASKED, lost.times() + 1, now, null);
        return new Judgement.Again(new Ask(last, asked));
    }

    /**
     * A later attempt that was answered well is one that the ledger missed; the first one may have been answered by somebody
     * else in our place, so only for a trial of the connection it is enough.
     */
    private static boolean isNothingLost(List<Attempt> attempts, Policy policy) {
        return attempts.stream().skip(1).anyMatch(Attempt::isAnsweredWell)
                || (attempts.getFirst().isAnsweredWell()
                        && policy.uninteresting().contains(attempts.getFirst().event()));
    }

    private static boolean isTooOld(Instant happenedAt, Policy policy, Instant now) {
        return happenedAt.plus(policy.horizon()).isBefore(now);
    }

    private static Duration pause(Policy policy, int times) {
        return policy.firstPause().multipliedBy(1L << Math.min(times - 1, 20));
    }

    private static String answer(Attempt attempt) {
        return attempt.status() == 0 ? "none" : Integer.toString(attempt.status());
    }

    /** Each delivery's attempts, oldest first. */
    private static Map<String, List<Attempt>> byDelivery(List<Attempt> attempts) {
        Map<String, List<Attempt>> found = new LinkedHashMap<>();
        attempts.stream()
                .sorted(Comparator.comparing(Attempt::at))
                .forEach(attempt -> found.computeIfAbsent(attempt.delivery(), _ -> new ArrayList<>())
                        .add(attempt));
        return found;
    }
}
