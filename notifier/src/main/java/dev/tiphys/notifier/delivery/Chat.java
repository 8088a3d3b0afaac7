package dev.tiphys.notifier.delivery;

import dev.tiphys.notifier.card.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way to Slack. Calls block until there is an answer or the time is up; they never throw for what the other side does:
 * the answer says what happened and thereby what the caller does next. Thread-safe.
 */
public interface Chat {

    /** {@return the workspace of a name; empty if no definition names it} */
    Optional<Workspace> find(String workspace);

    /** Posts a new message. */
    Answer post(Posting posting);

    /** Replaces the text of a message. Doing it twice is doing it once. */
    Answer edit(Lane lane, String channelId, String ts, Message message);

    /** Looks whether a message with this mark is there. */
    Sighting look(Search search);

    /**
     * A new message.
     *
     * @param threadTs the message that it answers; null for none
     * @param broadcast whether an answer is shown to the channel too
     * @param mark what {@link #look} finds it by
     */
    record Posting(Lane lane, @Nullable String threadTs, boolean broadcast, String mark, Message message) {}

    /**
     * What to look for.
     *
     * @param channelId the channel's id if a message told it; null if not
     * @param threadTs the thread to look in; null for the channel
     * @param since when it was sent at the earliest
     */
    record Search(
            Lane lane, @Nullable String channelId, @Nullable String threadTs, String mark, Instant since) {}

    /** What became of a call. */
    sealed interface Answer {
        /**
         * Done.
         *
         * @param channelId the channel's id; null if the way does not tell
         * @param ts the message's name; null if the way does not tell
         */
        record Done(@Nullable String channelId, @Nullable String ts) implements Answer {}

        /** Too much; nothing of this kind before the time is over. */
        record Limited(Duration retryAfter) implements Answer {}

        /** This message will never be taken. */
        record Refused(String reason) implements Answer {}

        /** The message to be edited is not there or may not be edited. */
        record Gone(String reason) implements Answer {}

        /** The whole workspace does not take us: its secret is wrong or missing. */
        record Barred(String reason) implements Answer {}

        /** The form was not understood or is too long: the plain text may do. */
        record Malformed(String reason) implements Answer {}

        /** It may have been done or not. */
        record Ambiguous(String reason) implements Answer {}

        /** It was certainly not done; later it may be. */
        record NotSent(String reason) implements Answer {}
    }

    /** What looking gave. */
    sealed interface Sighting {
        /** It is there. */
        record Seen(String channelId, String ts) implements Sighting {}

        /** It is not there. */
        record NotThere() implements Sighting {}

        /** We are not allowed to look, or not able to: asking again would not help. */
        record Blind(String reason) implements Sighting {}

        /** Not now. */
        record Later(Duration retryAfter, String reason) implements Sighting {}
    }
}
