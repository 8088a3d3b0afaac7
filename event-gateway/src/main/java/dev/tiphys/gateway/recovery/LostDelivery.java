package dev.tiphys.gateway.recovery;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that did not arrive at first.
 *
 * @param delivery the sender's id of it
 * @param happenedAt when it was first sent
 * @param times how often it was asked for
 * @param lastAskedAt when it was last asked for; when it was given up if it never was
 * @param reason why it was given up, or what its server last said; null if there is nothing to say
 */
public record LostDelivery(
        String delivery,
        String event,
        Instant happenedAt,
        State state,
        int times,
        Instant lastAskedAt,
        @Nullable String reason) {

    /** How it stands with it. */
    public enum State {
        ASKED,
        RECOVERED,
        GIVEN_UP;

        /** {@return the word, as it is written everywhere} */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** {@return the state of a word that {@link #word} made} */
        public static State of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    LostDelivery notAsked() {
        return new LostDelivery(delivery, event, happenedAt, state, times - 1, lastAskedAt, reason);
    }

    LostDelivery refused(String why) {
        return new LostDelivery(delivery, event, happenedAt, state, times, lastAskedAt, why);
    }

    LostDelivery recovered() {
        return new LostDelivery(delivery, event, happenedAt, State.RECOVERED, times, lastAskedAt, null);
    }

    LostDelivery givenUp(String why) {
        return new LostDelivery(delivery, event, happenedAt, State.GIVEN_UP, times, lastAskedAt, why);
    }
}
