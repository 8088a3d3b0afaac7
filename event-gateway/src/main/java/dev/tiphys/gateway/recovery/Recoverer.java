package dev.tiphys.gateway.recovery;

import dev.tiphys.contracts.definition.Definition.Recovery;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.recovery.ProviderLog.Listing;
import dev.tiphys.gateway.recovery.ProviderLog.Target;
import dev.tiphys.gateway.recovery.ProviderLog.Trouble;
import dev.tiphys.gateway.recovery.RecoveryBook.Looked;
import dev.tiphys.gateway.recovery.RecoveryBook.RoundEnd;
import dev.tiphys.gateway.recovery.RecoveryRules.Ask;
import dev.tiphys.gateway.recovery.RecoveryRules.Plan;
import dev.tiphys.gateway.recovery.RecoveryRules.Policy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Goes through one repository at a time: reads the server's list, compares it with the ledger, and asks for what is lost. */
public final class Recoverer {
    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration OVERLAP = Duration.ofMinutes(30);
    private static final Duration LONGEST_REST = Duration.ofHours(6);

    private final Map<String, ProviderLog> providers;
    private final RecoveryBook book;
    private final Function<SecretRef, Optional<String>> secrets;
    private final Settings settings;
    private final InstantSource clock;

    /**
     * How it is done.
     *
     * @param holder names the process
     * @param every between two rounds of a repository
     */
    public record Settings(String holder, Duration every, Map<String, Policy> policies) {
        public Settings {
            policies = Map.copyOf(policies);
        }
    }

    /** What came of a repository's turn. */
    public sealed interface Turn {
        /** It is another process' turn, or nobody's yet. */
        record NotMine() implements Turn {}

        /** The server was asked. */
        record Done(Plan plan) implements Turn {}

        /** It did not go through; what was done until then is remembered. */
        record Failed(String why) implements Turn {}
    }

    public Recoverer(
            Map<String, ProviderLog> providers,
            RecoveryBook book,
            Function<SecretRef, Optional<String>> secrets,
            Settings settings,
            InstantSource clock) {
        this.providers = Map.copyOf(providers);
        this.book = book;
        this.secrets = secrets;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Takes a turn at a repository, if it is due.
     *
     * @param evenIfNotDue after a start: something may have been lost just before
     */
    public Turn turn(Repository repository, boolean evenIfNotDue) throws InterruptedException {
        Recovery recovery = repository.recovery();
        ProviderLog provider = providers.get(repository.provider());
        if (recovery == null || provider == null) {
            return new Turn.NotMine();
        }
        Instant now = clock.instant();
        Optional<Looked> taken = book.take(repository.name(), settings.holder(), LEASE, now, evenIfNotDue);
        if (taken.isEmpty()) {
            return new Turn.NotMine();
        }
        RoundEnd end = end(now, now, null, "it was interrupted");
        try {
            Round round = round(repository, recovery, provider, taken.get(), now);
            Trouble trouble = round.reading().trouble();
            end = end(
                    now,
                    trouble == null ? now : rest(trouble.notBefore(), now),
                    new Looked(now, round.reading().unread()),
                    trouble == null ? null : "the older part of the list cannot be read: " + trouble.getMessage());
            return new Turn.Done(round.plan());
        } catch (Trouble e) {
            String why = String.valueOf(e.getMessage());
            end = end(now, rest(e.notBefore(), now), null, why);
            return new Turn.Failed(why);
        } catch (RuntimeException e) {
            end = end(now, now, null, "a fault: " + e);
            throw e;
        } finally {
            book.giveBack(repository.name(), settings.holder(), end);
        }
    }

    private RoundEnd end(Instant now, Instant notBefore, @Nullable Looked looked, @Nullable String error) {
        Instant next = now.plus(settings.every());
        return new RoundEnd(notBefore.isAfter(next) ? notBefore : next, notBefore, looked, error);
    }

    /** What a server says is believed within reason. */
    private static Instant rest(@Nullable Instant notBefore, Instant now) {
        if (notBefore == null) {
            return now;
        }
        return notBefore.isAfter(now.plus(LONGEST_REST)) ? now.plus(LONGEST_REST) : notBefore;
    }

    private record Round(Plan plan, Reading reading) {}

    private Round round(Repository repository, Recovery recovery, ProviderLog provider, Looked looked, Instant now)
            throws Trouble, InterruptedException {
        SecretRef ref = recovery.token();
        String token = secrets.apply(ref)
                .orElseThrow(() -> new Trouble("there is no secret " + ref.name() + "/" + ref.key()
                        + ": it is the token that may list and redeliver"));
        Target target = provider.located(
                new Target(repository.name(), recovery.apiUrl(), repository.fullName(), recovery.hook(), token));
        Policy policy = policy(repository.provider());
        Map<String, LostDelivery> lost = book.lost(repository.name());
        Instant furthest = now.minus(policy.horizon());
        Reading reading = read(provider, target, looked, since(looked, lost, furthest), furthest);
        List<Attempt> attempts = reading.attempts();
        Set<String> ids = new LinkedHashSet<>(lost.keySet());
        attempts.forEach(attempt -> ids.addAll(attempt.deliveries()));
        Set<String> arrived = book.arrived(repository.name(), ids);
        Plan plan = RecoveryRules.plan(attempts, arrived, lost, policy, now);
        List<LostDelivery> settled = new ArrayList<>(plan.recovered());
        settled.addAll(plan.givenUp());
        book.remember(repository.name(), settled);
        book.mark(repository.name(), marked(plan, attempts));
        for (Ask ask : plan.asks()) {
            // Before it is asked for: a delivery that arrives at once finds that it was.
            book.remember(repository.name(), List.of(ask.lost()));
            ask(repository.name(), provider, target, ask);
        }
        return new Round(plan, reading);
    }

    /**
     * What a round read of the list.
     *
     * @param unread what is left for the next one
     * @param trouble why less of the older part was read than could be
     */
    private record Reading(
            List<Attempt> attempts,
            @Nullable Unread unread,
            @Nullable Trouble trouble) {}

    /** The newest part first; then on from where the round before had to leave off, unless there is a newer gap. */
    private static Reading read(ProviderLog provider, Target target, Looked looked, Instant since, Instant furthest)
            throws Trouble, InterruptedException {
        Listing newest = provider.attempts(target, since, null);
        Unread before = looked.unread();
        if (before == null || !before.backTo().isAfter(furthest) || !reaches(newest.unread(), looked.at())) {
            return new Reading(newest.attempts(), newest.unread(), null);
        }
        try {
            Listing older = provider.attempts(target, furthest, before.from());
            // A list may have moved on by some places: what was read twice was still attempted once.
            List<Attempt> all = Stream.concat(newest.attempts().stream(), older.attempts().stream())
                    .distinct()
                    .toList();
            return new Reading(all, older.unread(), null);
        } catch (Trouble e) {
            // What is new does not wait for what is old.
            return new Reading(newest.attempts(), before, e);
        }
    }

    private static boolean reaches(@Nullable Unread gap, @Nullable Instant looked) {
        return gap == null || (looked != null && !gap.backTo().isAfter(looked.minus(OVERLAP)));
    }

    /** A server that is away has not been asked; one that refuses this one delivery has, and the others are asked for. */
    private void ask(String repository, ProviderLog provider, Target target, Ask ask)
            throws Trouble, InterruptedException {
        try {
            Optional<String> refusal = provider.askAgain(target, ask.attempt());
            if (refusal.isPresent()) {
                book.remember(repository, List.of(ask.lost().refused(refusal.get())));
            }
        } catch (Trouble e) {
            book.remember(repository, List.of(ask.lost().notAsked()));
            throw e;
        }
    }

    /** The ledger may know a delivery by any of its ids. */
    private static Set<String> marked(Plan plan, List<Attempt> attempts) {
        Map<String, List<String>> ids = new HashMap<>();
        attempts.forEach(attempt -> ids.put(attempt.delivery(), attempt.deliveries()));
        Set<String> all = new LinkedHashSet<>();
        for (LostDelivery one : plan.recovered()) {
            all.addAll(ids.getOrDefault(one.delivery(), List.of(one.delivery())));
        }
        return all;
    }

    private Policy policy(String provider) {
        Policy policy = settings.policies().get(provider);
        if (policy == null) {
            throw new IllegalStateException("there is no policy for " + provider);
        }
        return policy;
    }

    /** As far back as something open happened, or as the list was not read yet; never further than can be asked for. */
    private static Instant since(Looked looked, Map<String, LostDelivery> lost, Instant furthest) {
        Instant last = looked.at();
        Instant wanted = last == null ? furthest : last.minus(OVERLAP);
        for (LostDelivery one : lost.values()) {
            if (one.state() == LostDelivery.State.ASKED && one.happenedAt().isBefore(wanted)) {
                wanted = one.happenedAt();
            }
        }
        return wanted.isBefore(furthest) ? furthest : wanted;
    }
}
