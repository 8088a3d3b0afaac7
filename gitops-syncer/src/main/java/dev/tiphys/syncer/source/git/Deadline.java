package dev.tiphys.syncer.source.git;

import java.time.Duration;
import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.lib.EmptyProgressMonitor;

/** Ends a fetch that takes too long or brings too much. */
final class Deadline extends EmptyProgressMonitor {
    private final long endsAt;
    private final int maxObjects;
    private volatile boolean tooMany;

    Deadline(Duration patience, int maxObjects) {
        this.endsAt = System.nanoTime() + patience.toNanos();
        this.maxObjects = maxObjects;
    }

    boolean tooManyObjects() {
        return tooMany;
    }

    boolean passed() {
        return System.nanoTime() - endsAt > 0;
    }

    @Override
    public void beginTask(String title, int totalWork) {
        // other tasks count other things, some of them bytes
        tooMany = tooMany
                || (totalWork > maxObjects && JGitText.get().receivingObjects.equals(title));
    }

    @Override
    public boolean isCancelled() {
        return tooMany || passed();
    }
}
