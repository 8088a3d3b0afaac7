package dev.tiphys.notifier.delivery;

/** An entry that might be sent next, and the card that it belongs to. */
public record Candidate(Entry entry, CardStanding card) {}
