package dev.tiphys.platform.log;

/** The broker will never take a record, for its size or its form. Trying again does not help; the caller gives it up and says so. */
public final class RecordRefused extends RuntimeException {

    public RecordRefused(String what, Throwable cause) {
        super(what, cause);
    }
}
