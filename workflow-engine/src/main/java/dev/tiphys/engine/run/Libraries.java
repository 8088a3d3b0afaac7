package dev.tiphys.engine.run;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where the definitions are found. Thread-safe. */
public interface Libraries {

    /** {@return the newest} */
    Library now();

    /**
     * {@return those that a writer had, or newer}
     *
     * @param version null for any
     * @throws Behind if they are not here yet: try again later
     */
    Library atLeast(@Nullable Long version, Duration patience) throws InterruptedException, Behind;

    /** The definitions are not here yet. */
    final class Behind extends Exception {
        public Behind(String what, Throwable cause) {
            super(what, cause);
        }
    }
}
