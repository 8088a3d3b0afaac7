package dev.tiphys.notifier.delivery.store;

import dev.tiphys.notifier.card.MessageKind;
import dev.tiphys.notifier.delivery.Candidate;
import dev.tiphys.notifier.delivery.Doubt;
import dev.tiphys.notifier.delivery.Entry;
import dev.tiphys.notifier.delivery.EntryState;
import dev.tiphys.notifier.delivery.Lane;
import dev.tiphys.notifier.delivery.Ledger;
import dev.tiphys.notifier.delivery.LedgerUnavailable;
import dev.tiphys.notifier.delivery.Notification;
import dev.tiphys.notifier.delivery.Notifications;
import dev.tiphys.notifier.delivery.Outcome;
import dev.tiphys.notifier.delivery.Plan;
import dev.tiphys.notifier.delivery.Settlement;
import dev.tiphys.notifier.delivery.Standing;
import dev.tiphys.notifier.delivery.store.OutcomeRow.What;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The ledger in PostgreSQL. Whoever changes entries of a run holds the lock of the run's row, so that the card of a run
 * changes in one order; an entry's version tells who came too late.
 */
@Singleton
final class PostgresLedger implements Ledger, Notifications {
    private static final String REPLACED = "a newer state of the card took its place";

    private final Runs runs;
    private final Entries entries;
    private final Outcomes outcomes;
    private final MeterRegistry meters;
    private final Clock clock;
    private final String instance;

    PostgresLedger(
            Runs runs,
            Entries entries,
            Outcomes outcomes,
            MeterRegistry meters,
            Clock clock,
            @ConfigProperty(name = "tiphys.instance") String instance) {
        this.runs = runs;
        this.entries = entries;
        this.outcomes = outcomes;
        this.meters = meters;
        this.clock = clock;
        this.instance = instance;
    }

    @Override
    public void plan(String run, Function<Standing, Plan> planner) {
        Instant now = clock.instant();
        inTransaction(() -> {
            RunRow row = runs.locked(run, now);
            List<EntryRow> waiting = entries.lockedPlanned(run);
            Plan plan = planner.apply(new Standing(
                    row.picture(),
                    row.cardDigest,
                    waiting.stream()
                            .map(entry -> new Standing.Waiting(entry.key, entry.kind, entry.step))
                            .toList()));
            if (plan.picture() != null) {
                row.picture(plan.picture());
            }
            row.cardDigest = plan.cardDigest();
            write(run, plan, withdraw(waiting, plan.withdrawals(), now), now);
            return null;
        });
    }

    @Override
    public void reclaim(Instant now) {
        inTransaction(() -> {
            reclaim(entries.lapsed(now), now);
            return null;
        });
    }

    @Override
    public void reclaimOwn(Instant now) {
        inTransaction(() -> {
            reclaim(entries.begunBy(instance), now);
            return null;
        });
    }

    private void reclaim(List<EntryRow> abandoned, Instant now) {
        for (EntryRow row : abandoned) {
            runs.locked(row.run, now);
            entries.getEntityManager().refresh(row);
            if (row.state == EntryState.SENDING) {
                planAgain(row, now, Doubt.GRAVE, "the process that sent it ended", now);
            }
        }
    }

    @Override
    public List<Lane> lanes() {
        return inTransaction(entries::lanes);
    }

    @Override
    public List<Candidate> candidates(Lane lane, int limit) {
        return inTransaction(() -> {
            List<EntryRow> next = entries.next(lane, limit);
            Set<String> names = next.stream().map(entry -> entry.run).collect(Collectors.toSet());
            Map<String, RunRow> rows = runs.byName(names);
            Set<String> coming = entries.runsWithCardComing(lane, names);
            return next.stream()
                    .map(entry -> candidate(entry, rows.get(entry.run), lane, coming))
                    .toList();
        });
    }

    @Override
    public Optional<Entry> claim(Entry entry, Instant leaseUntil) {
        return inTransaction(() -> entries.claim(entry, instance, leaseUntil)
                ? Optional.of(entries.findById(entry.id()).entry())
                : Optional.empty());
    }

    @Override
    public void settle(Entry entry, Settlement settlement, Instant now) {
        inTransaction(() -> {
            RunRow run = runs.locked(entry.run(), now);
            EntryRow row = entries.findById(entry.id());
            if (row == null || row.version != entry.version()) {
                count("late");
                return null;
            }
            switch (settlement) {
                case Settlement.Sent sent -> sent(run, row, sent, now);
                case Settlement.Suppressed(String reason) ->
                    end(row, EntryState.SUPPRESSED, What.SUPPRESSED, reason, now);
                case Settlement.Refused(String reason) -> end(row, EntryState.REFUSED, What.REFUSED, reason, now);
                case Settlement.Unknown(String reason) -> unknown(run, row, reason, now);
                case Settlement.CardFound(String channelId, String ts) -> {
                    run.cardChannel = channelId;
                    run.cardTs = ts;
                    planAgain(row, now, Doubt.NONE, "an earlier try had posted the card", now);
                }
                case Settlement.CardLost(String reason) -> {
                    run.cardLost = reason;
                    planAgain(row, now, row.doubt, reason, now);
                }
                case Settlement.Again again -> again(row, again, now);
            }
            return null;
        });
    }

    @Override
    public @Nullable String channelId(Lane lane) {
        return this.<Optional<String>>inTransaction(() -> Optional.ofNullable(entries.slackChannel(lane)))
                .orElse(null);
    }

    @Override
    public List<Outcome> untold(int limit) {
        return inTransaction(() -> outcomes.findAll(Sort.by("number")).page(0, limit).list().stream()
                .map(OutcomeRow::outcome)
                .toList());
    }

    @Override
    public void told(List<Outcome> told) {
        inTransaction(() -> outcomes.delete(
                "number in ?1", told.stream().map(Outcome::number).toList()));
    }

    @Override
    public int forget(Instant before) {
        return inTransaction(() -> {
            entries.delete(
                    "run in (select r.run from NotifierRun r where r.changedAt < ?1) and state not in ?2",
                    before,
                    List.of(EntryState.PLANNED, EntryState.SENDING));
            return Math.toIntExact(runs.delete(
                    "delete from NotifierRun r where r.changedAt < ?1"
                            + " and not exists (select 1 from NotifierEntry e where e.run = r.run)",
                    before));
        });
    }

    @Override
    public List<Notification> list(@Nullable String run, @Nullable EntryState state, @Nullable Long below, int limit) {
        return inTransaction(() -> entries.newest(run, state, below == null ? Long.MAX_VALUE : below, limit).stream()
                .map(EntryRow::notification)
                .toList());
    }

    /** {@return the withdrawn card that was tried last: its doubts pass to the one that takes its place} */
    private @Nullable EntryRow withdraw(List<EntryRow> waiting, Map<String, String> withdrawals, Instant now) {
        EntryRow tried = null;
        for (EntryRow row : waiting) {
            String reason = withdrawals.get(row.key);
            if (reason != null) {
                end(row, EntryState.SUPPRESSED, What.SUPPRESSED, reason, now);
                tried = row.kind == MessageKind.CARD ? row : tried;
            }
        }
        return tried;
    }

    private void write(String run, Plan plan, @Nullable EntryRow tried, Instant now) {
        if (plan.additions().isEmpty()) {
            return;
        }
        Set<String> known =
                entries.known(plan.additions().stream().map(Plan.Addition::key).toList());
        for (Plan.Addition addition : plan.additions()) {
            if (known.contains(addition.key())) {
                continue;
            }
            EntryRow row = EntryRow.planned(run, addition, now);
            if (tried != null && row.kind == MessageKind.CARD) {
                inherit(row, tried);
            }
            entries.persist(row);
            if (addition.suppressed() != null) {
                end(row, EntryState.SUPPRESSED, What.SUPPRESSED, addition.suppressed(), now);
            }
        }
    }

    private static void inherit(EntryRow heir, EntryRow tried) {
        heir.doubt = heir.doubt.or(tried.doubt);
        heir.notBefore = heir.notBefore.isAfter(tried.notBefore) ? heir.notBefore : tried.notBefore;
        // A look for the earlier try begins where that one began.
        heir.plannedAt = tried.plannedAt;
    }

    private static Candidate candidate(EntryRow entry, @Nullable RunRow run, Lane lane, Set<String> coming) {
        boolean isComing = entry.kind != MessageKind.CARD && coming.contains(entry.run);
        RunRow known = run == null ? new RunRow() : run;
        return new Candidate(entry.entry(), known.standing(lane, isComing));
    }

    private void sent(RunRow run, EntryRow row, Settlement.Sent sent, Instant now) {
        row.slackChannel = sent.channelId();
        row.reference = sent.ts();
        if (row.kind == MessageKind.CARD && !run.hasCard()) {
            run.cardChannel = sent.channelId();
            run.cardTs = sent.ts();
            run.cardBlind = sent.ts() == null;
        }
        row.decide(EntryState.SENT, null, now);
        tell(row, What.SENT, sent.ts(), now);
    }

    private void unknown(RunRow run, EntryRow row, String reason, Instant now) {
        if (row.kind == MessageKind.CARD && !run.hasCard()) {
            run.cardLost = reason;
        }
        end(row, EntryState.UNKNOWN, What.SUPPRESSED, reason, now);
    }

    private void again(EntryRow row, Settlement.Again again, Instant now) {
        row.plain = again.isPlain();
        if (again.tellRefusal() && !row.refusalTold) {
            row.refusalTold = true;
            tell(row, What.REFUSED, again.reason(), now);
        }
        planAgain(row, again.notBefore(), again.doubt(), again.reason(), now);
    }

    private void planAgain(EntryRow row, Instant notBefore, Doubt doubt, String reason, Instant now) {
        row.planAgain(notBefore, doubt, reason);
        if (row.kind != MessageKind.CARD) {
            return;
        }
        entries.newerCard(row).ifPresent(newer -> {
            inherit(newer, row);
            newer.version++;
            end(row, EntryState.SUPPRESSED, What.SUPPRESSED, REPLACED, now);
        });
    }

    private void end(EntryRow row, EntryState state, What what, String reason, Instant now) {
        row.decide(state, reason, now);
        tell(row, what, reason, now);
    }

    private void tell(EntryRow row, What what, @Nullable String detail, Instant now) {
        outcomes.persist(OutcomeRow.of(row, what, detail, now));
        count(what.name().toLowerCase(Locale.ROOT));
    }

    private void count(String outcome) {
        meters.counter("tiphys.notifier.messages", "outcome", outcome).increment();
    }

    private <T> T inTransaction(Callable<T> work) {
        try {
            return QuarkusTransaction.requiringNew().call(work);
        } catch (RuntimeException e) {
            if (Outage.isBehind(e)) {
                throw new LedgerUnavailable(e);
            }
            throw e;
        }
    }
}
