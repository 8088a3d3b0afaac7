package dev.tiphys.contracts.run;

import org.jspecify.annotations.Nullable;

/**
 * What started a run.
 *
 * @param event the event's id; null if a person started it
 * @param repository the Repository definition's name; null if it is not about Git
 * @param revision the commit, 40 hex digits; null if it is not about Git
 * @param ref the full ref; null if unknown
 * @param author who made the commit; null if unknown
 * @param message the first line of the commit's message; null if unknown
 * @param link a page that shows the change; null if unknown
 * @param actor the person who started it; null if an event did
 */
public record RunTrigger(
        @Nullable String event,
        @Nullable String repository,
        @Nullable String revision,
        @Nullable String ref,
        @Nullable String author,
        @Nullable String message,
        @Nullable String link,
        @Nullable String actor) {}
