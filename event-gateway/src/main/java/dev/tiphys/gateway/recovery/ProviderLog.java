package dev.tiphys.gateway.recovery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A kind of Git server: its own list of deliveries. Blocking, with a deadline for each call. */
public interface ProviderLog {

    /**
     * {@return the target with the number of its webhook}
     *
     * @throws Trouble if it cannot be told which webhook leads here
     */
    Target located(Target target) throws Trouble, InterruptedException;

    /**
     * Reads a part of the list, the newest first, as far as one round may.
     *
     * @param target that {@link #located} gave
     * @param since how far back it is to be read
     * @param from where to begin, as {@link Unread} says; null for the newest
     * @throws Trouble if they cannot be told now
     */
    Listing attempts(Target target, Instant since, @Nullable String from) throws Trouble, InterruptedException;

    /**
     * A part of the list.
     *
     * @param attempts in any order
     * @param unread what is left of it; null if it was read as far back as it was to be
     */
    record Listing(List<Attempt> attempts, @Nullable Unread unread) {
        public Listing {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * Asks for the delivery of an attempt again.
     *
     * @return why the server refuses this one for good; empty if it was asked for
     * @throws Trouble if it is not known to be asked for
     */
    Optional<String> askAgain(Target target, Attempt attempt) throws Trouble, InterruptedException;

    /**
     * Where to ask.
     *
     * @param endpoint the last part of the webhook's address here
     * @param fullName of the repository there
     * @param hook the webhook's number there; null to look for the one whose address ends in this endpoint's
     */
    record Target(
            String endpoint,
            String apiUrl,
            String fullName,
            @Nullable String hook,
            String token) {
        /** {@return the same with the number of its webhook} */
        public Target withHook(String number) {
            return new Target(endpoint, apiUrl, fullName, number, token);
        }

        /** Never shows the token. */
        @Override
        public String toString() {
            return "Target[" + endpoint + " at " + apiUrl + "]";
        }
    }

    /** The server did not do what it was asked for. Its message names no secret. */
    final class Trouble extends Exception {
        private final @Nullable Instant notBefore;

        public Trouble(String what) {
            this(what, null);
        }

        /**
         * Says what went wrong, and when to try again.
         *
         * @param notBefore when the server may be asked again, as it said itself; null if it did not
         */
        public Trouble(String what, @Nullable Instant notBefore) {
            super(what);
            this.notBefore = notBefore;
        }

        /** {@return when the server may be asked again; null if it did not say} */
        public @Nullable Instant notBefore() {
            return notBefore;
        }
    }
}
