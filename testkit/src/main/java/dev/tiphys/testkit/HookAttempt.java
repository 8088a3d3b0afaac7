package dev.tiphys.testkit;

import java.time.Instant;

/**
 * An attempt of a stand-in of a Git server to deliver something, as its list has it.
 *
 * @param id the number of the attempt
 * @param delivery the same for every attempt of the delivery
 * @param status of the answer; 0 if there was none
 */
public record HookAttempt(long id, String delivery, String event, Instant at, int status, boolean again) {}
