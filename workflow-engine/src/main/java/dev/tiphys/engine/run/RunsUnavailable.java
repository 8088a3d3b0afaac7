package dev.tiphys.engine.run;

/** The store cannot be reached. Nothing is known to be written; hand the input in again later. */
public final class RunsUnavailable extends RuntimeException {

    public RunsUnavailable(String what, Throwable cause) {
        super(what, cause);
    }
}
