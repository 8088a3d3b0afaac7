package dev.tiphys.platform.log;

/** The broker did not take a record in time. Nothing is known to be written; try again later. */
public final class LogUnavailable extends RuntimeException {

    public LogUnavailable(String what, Throwable cause) {
        super(what, cause);
    }
}
