package dev.tiphys.gateway.delivery;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Finds what a delivery is verified with. Thread-safe. */
public interface Keys {

    /**
     * {@return the values of an endpoint's secrets, if they are at hand}
     *
     * <p>The present one is first; one that does not exist is empty. Never blocks.
     */
    Optional<List<byte[]>> atHand(Endpoint endpoint);

    /**
     * {@return the values of an endpoint's secrets, or the keys that its sender publishes, as they are now}
     *
     * <p>May block. The stage fails with {@link Unavailable}.
     */
    CompletionStage<List<byte[]>> asNow(Endpoint endpoint, Delivery delivery);

    /** What a delivery is verified with cannot be had at the moment: nothing is known about it, and it may come again. */
    final class Unavailable extends RuntimeException {
        public Unavailable(String why, Throwable cause) {
            super(why, cause);
        }
    }
}
