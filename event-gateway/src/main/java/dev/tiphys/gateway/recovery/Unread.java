package dev.tiphys.gateway.recovery;

import java.time.Instant;

/**
 * The older part of a server's list, that was not read yet.
 *
 * @param backTo how far back the list was read
 * @param from where the older part begins, in the words of the server's list
 */
public record Unread(Instant backTo, String from) {}
