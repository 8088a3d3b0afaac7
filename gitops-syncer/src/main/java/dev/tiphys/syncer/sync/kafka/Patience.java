package dev.tiphys.syncer.sync.kafka;

import dev.tiphys.platform.definitions.DefinitionsBehind;
import dev.tiphys.platform.log.LogUnavailable;
import dev.tiphys.syncer.sync.ApplicationStore.StoreUnavailable;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Tries again with growing pauses while the database, the broker or the definitions are away: no record is to blame for that. */
final class Patience {
    private static final Logger log = Logger.getLogger(Patience.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private Patience() {}

    /** What may have to wait. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException, DefinitionsBehind;
    }

    /** Returns when the work is done. Anything but an outage is thrown on. */
    static void until(String what, Work work) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                work.run();
                return;
            } catch (StoreUnavailable | LogUnavailable | DefinitionsBehind e) {
                log.warnf("%s waits %s: %s", what, pause, e.getMessage());
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }
}
