package dev.tiphys.standalone;

/** Something that the person who starts the product can mend; the message says what, which one, why and how. */
final class CannotStart extends RuntimeException {

    CannotStart(String message) {
        super(message);
    }

    CannotStart(String message, Throwable cause) {
        super(message, cause);
    }
}
