package dev.tiphys.gateway.delivery;

import java.util.List;

/** Fetches keys that senders publish. May block; for virtual threads. */
public interface PublishedKeys {

    /**
     * {@return the key in X.509's encoding; empty if it is not published there}
     *
     * @throws KeysUnavailable if that cannot be told now; the sender delivers again later
     */
    List<byte[]> find(KeyPlace place);

    /** A published key could not be fetched. */
    final class KeysUnavailable extends RuntimeException {
        public KeysUnavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
