package dev.tiphys.gateway.recovery;

import dev.tiphys.contracts.definition.Definition.Recovery;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.recovery.ProviderLog.Target;
import dev.tiphys.gateway.recovery.ProviderLog.Trouble;
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
        Optional<Optional<Instant>> taken = book.take(repository.name(), settings.holder(), LEASE, now, evenIfNotDue);
        if (taken.isEmpty()) {
            return new Turn.NotMine();
        }
        Turn turn = new Turn.Failed("it was interrupted");
        Instant notBefore = now;
        try {
            turn = new Turn.Done(round(repository, recovery, provider, taken.get(), now));
        } catch (Trouble e) {
            turn = new Turn.Failed(String.valueOf(e.getMessage()));
            notBefore = rest(e.notBefore(), now);
        } catch (RuntimeException e) {
            turn = new Turn.Failed("a fault: " + e);
            throw e;
        } finally {
            book.giveBack(repository.name(), settings.holder(), end(turn, now, notBefore));
        }
        return turn;
    }

    private RoundEnd end(Turn turn, Instant now, Instant notBefore) {
        Instant next = now.plus(settings.every());
        return switch (turn) {
            case Turn.Done _ -> new RoundEnd(next, notBefore, now, null);
            case Turn.Failed(var why) -> new RoundEnd(notBefore.isAfter(next) ? notBefore : next, notBefore, null, why);
            case Turn.NotMine _ -> new RoundEnd(next, notBefore, null, null);
        };
    }

    /** What a server says is believed within reason. */
    private static Instant rest(@Nullable Instant notBefore, Instant now) {
        if (notBefore == null) {
            return now;
        }
        return notBefore.isAfter(now.plus(LONGEST_REST)) ? now.plus(LONGEST_REST) : notBefore;
    }

    private Plan round(
            Repository repository, Recovery recovery, ProviderLog provider, Optional<Instant> looked, Instant now)
            throws Trouble, InterruptedException {
        SecretRef ref = recovery.token();
        String token = secrets.apply(ref)
                .orElseThrow(() -> new Trouble("there is no secret " + ref.name() + "/" + ref.key()
                        + ": it is the token that may list and redeliver"));
        Target target = provider.located(
                new Target(repository.name(), recovery.apiUrl(), repository.fullName(), recovery.hook(), token));
        Policy policy = policy(repository.provider());
        Map<String, LostDelivery> lost = book.lost(repository.name());
        List<Attempt> attempts = provider.attempts(target, since(looked, lost, policy, now));
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
        return plan;
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
    private static Instant since(Optional<Instant> looked, Map<String, LostDelivery> lost, Policy policy, Instant now) {
        Instant furthest = now.minus(policy.horizon());
        Instant wanted = looked.map(last -> last.minus(OVERLAP)).orElse(furthest);
        for (LostDelivery one : lost.values()) {
            if (one.state() == LostDelivery.State.ASKED && one.happenedAt().isBefore(wanted)) {
                wanted = one.happenedAt();
            }
        }
        return wanted.isBefore(furthest) ? furthest : wanted;
    }
}
