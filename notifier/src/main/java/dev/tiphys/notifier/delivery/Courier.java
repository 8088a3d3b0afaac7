package dev.tiphys.notifier.delivery;

import dev.tiphys.notifier.delivery.Chat.Answer;
import dev.tiphys.notifier.delivery.Chat.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Carries planned entries to their channels. What it is about to do stands in the ledger before it does it; after a crash it
 * looks whether it was done. At most one caller works in a lane at a time; different lanes may be worked in parallel.
 */
public final class Courier {
    private static final int LOOK_AHEAD = 50;

    private final Ledger ledger;
    private final Chat chat;
    private final Limits limits;
    private final Patience patience;
    private final InstantSource clock;

    /**
     * How long things may take.
     *
     * @param lease longer than any call to Slack: a sending that is older was cut off by a crash
     * @param giveUp how old an entry may become before it is not worth sending
     */
    public record Patience(Duration lease, Duration giveUp) {}

    public Courier(Ledger ledger, Chat chat, Limits limits, Patience patience, InstantSource clock) {
        this.ledger = ledger;
        this.chat = chat;
        this.limits = limits;
        this.patience = patience;
        this.clock = clock;
    }

    /**
     * Handles at most one message of a lane.
     *
     * @return when to come again, which may be at once; empty if nothing is left to do
     * @throws LedgerUnavailable if the database is away; come again after a pause
     */
    public Optional<Instant> work(Lane lane) {
        List<Candidate> candidates = ledger.candidates(lane, LOOK_AHEAD);
        Optional<Workspace> workspace = chat.find(lane.workspace());
        Instant earliest = Instant.MAX;
        for (Candidate candidate : candidates) {
            Instant again = workspace
                    .map(there -> consider(candidate, there))
                    .orElseGet(() -> settle(
                            candidate.entry(),
                            new Settlement.Suppressed("there is no SlackWorkspace " + lane.workspace())));
            if (!again.isAfter(clock.instant())) {
                return Optional.of(again);
            }
            earliest = again.isBefore(earliest) ? again : earliest;
        }
        return candidates.isEmpty() ? Optional.empty() : Optional.of(earliest);
    }

    private Instant consider(Candidate candidate, Workspace workspace) {
        Entry entry = candidate.entry();
        Instant now = clock.instant();
        if (entry.plannedAt().plus(patience.giveUp()).isBefore(now)) {
            return settle(
                    entry,
                    new Settlement.Refused(
                            "it could not be sent for " + patience.giveUp().toHours() + " h"));
        }
        if (entry.notBefore().isAfter(now)) {
            return entry.notBefore();
        }
        return switch (Route.of(candidate, workspace.means(), now)) {
            case Route.Withhold(String reason) -> settle(entry, new Settlement.Suppressed(reason));
            case Route.Hold(Instant until) -> until;
            case Route.Edit edit -> edit(entry, workspace, edit);
            case Route.Post post -> post(entry, workspace, post);
        };
    }

    private Instant edit(Entry entry, Workspace workspace, Route.Edit edit) {
        Instant now = clock.instant();
        Optional<Instant> closed = limits.take(Limits.Method.EDIT, entry.lane(), workspace, now);
        if (closed.isPresent()) {
            return closed.get();
        }
        ledger.claim(entry, now.plus(patience.lease()))
                .ifPresent(ours -> carry(ours, () -> {
                    Answer answer = chat.edit(ours.lane(), edit.channelId(), edit.ts(), ours.outgoing());
                    return after(ours, workspace, Limits.Method.EDIT, answer);
                }));
        return now;
    }

    private Instant post(Entry entry, Workspace workspace, Route.Post post) {
        Instant now = clock.instant();
        Optional<Instant> closed = limits.take(Limits.Method.POST, entry.lane(), workspace, now);
        if (closed.isPresent()) {
            return closed.get();
        }
        ledger.claim(entry, now.plus(patience.lease()))
                .ifPresent(ours -> carry(ours, () -> sure(ours, workspace, post)));
        return now;
    }

    /** An error of ours ends one message and not its lane. Whether it arrived is not known: it is not sent again. */
    private void carry(Entry ours, Supplier<Settlement> sending) {
        try {
            settle(ours, sending.get());
        } catch (LedgerUnavailable e) {
            throw e;
        } catch (RuntimeException | Error e) {
            String kind = e.getClass().getSimpleName();
            settle(ours, new Settlement.Unknown("an error of the notifier (" + kind + "), which its log describes"));
            throw e;
        }
    }

    /** Posts once it is sure, or as sure as one can be, that no earlier try arrived. */
    private Settlement sure(Entry entry, Workspace workspace, Route.Post post) {
        if (entry.doubt() == Doubt.NONE) {
            return send(entry, workspace, post);
        }
        Sighting sighting = chat.look(new Chat.Search(
                entry.lane(), ledger.channelId(entry.lane()), post.threadTs(), post.mark(), entry.plannedAt()));
        return switch (sighting) {
            case Sighting.Seen(String channelId, String ts) ->
                post.isCardOf(entry) ? new Settlement.CardFound(channelId, ts) : new Settlement.Sent(channelId, ts);
            case Sighting.NotThere _ -> send(entry, workspace, post);
            case Sighting.Blind(String reason) ->
                entry.doubt() == Doubt.SLIGHT
                        ? send(entry, workspace, post)
                        : new Settlement.Unknown(
                                "it is not known whether it arrived, and looking is not possible: " + reason);
            case Sighting.Later(Duration retryAfter, String reason) ->
                again(entry, clock.instant().plus(retryAfter), entry.doubt(), reason);
        };
    }

    private Settlement send(Entry entry, Workspace workspace, Route.Post post) {
        Answer answer = chat.post(
                new Chat.Posting(entry.lane(), post.threadTs(), post.broadcast(), post.mark(), entry.outgoing()));
        return after(entry, workspace, Limits.Method.POST, answer);
    }

    private Settlement after(Entry entry, Workspace workspace, Limits.Method method, Answer answer) {
        Instant now = clock.instant();
        Settlement settlement = meaning(entry, workspace, method, answer, now);
        switch (answer) {
            case Answer.Done _, Answer.Refused _, Answer.Gone _, Answer.Malformed _ -> limits.well(entry.lane());
            case Answer.Limited _, Answer.Barred _, Answer.Ambiguous _, Answer.NotSent _ -> {}
        }
        return settlement;
    }

    private Settlement meaning(Entry entry, Workspace workspace, Limits.Method method, Answer answer, Instant now) {
        return switch (answer) {
            case Answer.Done(var channelId, var ts) -> new Settlement.Sent(channelId, ts);
            case Answer.Refused(String reason) -> new Settlement.Refused(reason);
            case Answer.Gone(String reason) -> new Settlement.CardLost(reason);
            case Answer.Malformed(String reason) ->
                entry.isPlain()
                        ? new Settlement.Refused(reason)
                        : new Settlement.Again(now, entry.doubt(), true, reason, false);
            case Answer.Limited(Duration retryAfter) -> {
                Instant until = now.plus(retryAfter);
                limits.pause(method, entry.lane(), until);
                yield again(entry, until, entry.doubt().or(Doubt.SLIGHT), "rate limited");
            }
            case Answer.Barred(String reason) -> {
                limits.bar(workspace, now);
                yield new Settlement.Again(
                        now,
                        entry.doubt(),
                        entry.isPlain(),
                        reason + "; tried again when the secret changes, or later",
                        true);
            }
            case Answer.Ambiguous(String reason) ->
                again(entry, limits.stumble(entry.lane(), now), Doubt.GRAVE, reason);
            case Answer.NotSent(String reason) ->
                again(entry, limits.stumble(entry.lane(), now), entry.doubt(), reason);
        };
    }

    private static Settlement again(Entry entry, Instant notBefore, Doubt doubt, String reason) {
        return new Settlement.Again(notBefore, doubt, entry.isPlain(), reason, false);
    }

    private Instant settle(Entry entry, Settlement settlement) {
        Instant now = clock.instant();
        ledger.settle(entry, settlement, now);
        return now;
    }
}
