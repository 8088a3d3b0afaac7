package dev.tiphys.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A promise of how long something takes, checked on a machine that has other work. Other work only ever adds to what is
 * measured, so one measurement that keeps the promise shows that it can be kept, and a promise that is broken is broken by
 * all of them.
 */
public final class Promise {
    private static final int MEASUREMENTS = 3;

    private Promise() {}

    /**
     * Measures until the promise is kept, a few times at most.
     *
     * @param promised what the time must stay below
     * @param measurement does it all anew and gives how long that took which was promised
     * @throws AssertionError if no measurement stayed below
     */
    public static void within(Duration promised, Callable<Duration> measurement) throws Exception {
        List<Duration> took = new ArrayList<>();
        while (took.size() < MEASUREMENTS) {
            Duration one = measurement.call();
            if (one.compareTo(promised) < 0) {
                return;
            }
            took.add(one);
        }
        throw new AssertionError("promised was less than " + promised + ", and it took " + took);
    }
}
