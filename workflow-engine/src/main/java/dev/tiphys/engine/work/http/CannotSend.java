package dev.tiphys.engine.work.http;

/** The request cannot be made as it is written; a person mends the step. Its message holds no secret. */
final class CannotSend extends Exception {

    CannotSend(String reason) {
        super(reason);
    }
}
