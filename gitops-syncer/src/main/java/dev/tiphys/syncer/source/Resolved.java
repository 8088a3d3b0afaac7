package dev.tiphys.syncer.source;

/**
 * A revision found.
 *
 * @param sha the commit, 40 hex digits
 * @param name what it was found as: {@code refs/heads/main}, {@code refs/tags/v1.2.3}, or the commit itself
 */
public record Resolved(String sha, String name) {}
