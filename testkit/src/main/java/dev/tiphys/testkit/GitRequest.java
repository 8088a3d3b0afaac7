package dev.tiphys.testkit;

/** The kinds of requests that a Git client makes. */
public enum GitRequest {
    /** The first request of a fetch: what is there. */
    FETCH_REFS,
    /** A further request of a fetch; protocol 2 makes several. */
    FETCH,
    /** The first request of a push. */
    PUSH_REFS,
    /** The pack of a push. */
    PUSH
}
