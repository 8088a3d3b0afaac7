package dev.tiphys.standalone;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does something again and again at a fixed rate, whether or not what was begun before has ended. */
final class Pace {
    private Pace() {}

    /** Returns when all that was begun has ended. */
    static void each(Duration interval, Duration time, Runnable action) throws InterruptedException {
        try (ExecutorService doing = Executors.newVirtualThreadPerTaskExecutor();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            var beat = clock.scheduleAtFixedRate(
                    () -> {
                        var _ = doing.submit(action);
                    },
                    0,
                    interval.toNanos(),
                    TimeUnit.NANOSECONDS);
            boolean ended = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
            beat.cancel(/* mayInterruptIfRunning= */ ended);
        }
    }
}
