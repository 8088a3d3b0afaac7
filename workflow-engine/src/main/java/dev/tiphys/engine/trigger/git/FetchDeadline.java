package dev.tiphys.engine.trigger.git;

import java.time.Duration;
import org.eclipse.jgit.lib.EmptyProgressMonitor;

/** Ends a fetch that takes too long in all, however busy the server keeps it. */
final class FetchDeadline extends EmptyProgressMonitor {
    private final long endsAt;

    FetchDeadline(Duration patience) {
        this.endsAt = System.nanoTime() + patience.toNanos();
    }

    @Override
    public boolean isCancelled() {
        return System.nanoTime() - endsAt > 0;
    }
}
