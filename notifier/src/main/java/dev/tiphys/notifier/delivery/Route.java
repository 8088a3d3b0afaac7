package dev.tiphys.notifier.delivery;

import dev.tiphys.notifier.card.MessageKind;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How an entry reaches its channel, if at all. */
sealed interface Route {

    /** How long a notice waits for the facts of its run, which come by another topic. */
    Duration PATIENCE_FOR_RUN = Duration.ofSeconds(30);

    /**
     * As a new message.
     *
     * @param threadTs the message that it answers; null for a message of its own
     * @param mark what the message carries, so that it can be found again
     */
    record Post(@Nullable String threadTs, boolean broadcast, String mark) implements Route {

        /** {@return whether it posts the card that all states of the run share, and not a message of its own} */
        boolean isCardOf(Entry entry) {
            return entry.kind() == MessageKind.CARD && !mark.equals(entry.key());
        }
    }

    /** As a new state of the card. */
    record Edit(String channelId, String ts) implements Route {}

    /** Not at all. */
    record Withhold(String reason) implements Route {}

    /** Not yet. */
    record Hold(Instant until) implements Route {}

    /** {@return the way of an entry into a workspace that is reached by an incoming webhook, or by a bot's token} */
    static Route of(Candidate candidate, Workspace.Means means, Instant now) {
        return switch (means) {
            case WEBHOOK -> byWebhook(candidate);
            case TOKEN -> candidate.entry().kind() == MessageKind.CARD ? card(candidate) : reply(candidate, now);
        };
    }

    private static Route byWebhook(Candidate candidate) {
        Entry entry = candidate.entry();
        return switch (entry.kind()) {
            case OUTCOME -> new Withhold("an incoming webhook has no threads; the run's last message tells its end");
            case CARD ->
                wasPosted(candidate.card()) && !entry.last()
                        ? new Withhold("an incoming webhook cannot edit a message")
                        : ownMessage(entry);
            case FAILURE, STUCK, APPROVAL, NOTICE -> ownMessage(entry);
        };
    }

    private static boolean wasPosted(CardStanding card) {
        return switch (card) {
            case CardStanding.Posted _, CardStanding.PostedBlind _, CardStanding.Lost _ -> true;
            case CardStanding.None _, CardStanding.RunUnknown _, CardStanding.Coming _ -> false;
        };
    }

    private static Route card(Candidate candidate) {
        Entry entry = candidate.entry();
        return switch (candidate.card()) {
            case CardStanding.None _, CardStanding.RunUnknown _, CardStanding.Coming _ ->
                // The same mark for each state of the card: whichever was tried first, there is one card.
                new Post(null, false, entry.run() + "/card@" + entry.lane().workspace());
            case CardStanding.Posted(String channelId, String ts) -> new Edit(channelId, ts);
            case CardStanding.PostedBlind _ -> lastWords(entry, "the card was sent by an incoming webhook");
            case CardStanding.Lost(String reason) -> lastWords(entry, reason);
        };
    }

    private static Route lastWords(Entry entry, String reason) {
        return entry.last() ? ownMessage(entry) : new Withhold("the card cannot be edited: " + reason);
    }

    private static Route reply(Candidate candidate, Instant now) {
        Entry entry = candidate.entry();
        Instant patience = entry.plannedAt().plus(PATIENCE_FOR_RUN);
        return switch (candidate.card()) {
            case CardStanding.Posted(String _, String ts) -> new Post(ts, entry.broadcast(), entry.key());
            case CardStanding.Coming _ -> new Hold(now.plusSeconds(1));
            case CardStanding.RunUnknown _ -> now.isBefore(patience) ? new Hold(now.plusSeconds(1)) : ownMessage(entry);
            case CardStanding.None _, CardStanding.PostedBlind _, CardStanding.Lost _ -> ownMessage(entry);
        };
    }

    private static Route ownMessage(Entry entry) {
        return new Post(null, false, entry.key());
    }
}
