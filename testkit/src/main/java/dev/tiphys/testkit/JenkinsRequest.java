package dev.tiphys.testkit;

/** The kinds of requests that {@link FakeJenkins} counts and lets go wrong. */
public enum JenkinsRequest {
    /** {@code buildWithParameters} and {@code build}. */
    TRIGGER,
    /** An item of the queue. */
    QUEUE_ITEM,
    /** {@code cancelItem}. */
    CANCEL,
    /** A job and its builds. */
    JOB,
    /** One build. */
    BUILD,
    /** {@code progressiveText} and {@code consoleText}. */
    LOG,
    /** {@code stop}, {@code term} and {@code kill}. */
    STOP,
    /** Everything else. */
    OTHER
}
