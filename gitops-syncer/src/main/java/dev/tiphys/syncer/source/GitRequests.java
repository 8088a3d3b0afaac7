package dev.tiphys.syncer.source;

import java.time.Duration;

/** Hears of each request to a Git server, for the metrics. Called on the asking thread; must be quick and not throw. */
public interface GitRequests {

    /** What was asked. */
    enum Kind {
        /** Which branches and tags there are. */
        REFS,
        /** Commits with all that belongs to them. */
        OBJECTS
    }

    /**
     * A request came to its end.
     *
     * @param repository the URL, without user and password
     */
    void asked(String repository, Kind kind, boolean answered, Duration took);
}
