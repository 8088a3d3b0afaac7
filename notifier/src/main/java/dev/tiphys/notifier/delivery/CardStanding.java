package dev.tiphys.notifier.delivery;

/** How the card of an entry's run stands in the entry's channel. */
public sealed interface CardStanding {

    /** There is none: the run has its card elsewhere or nowhere, or the channel refused it. */
    record None() implements CardStanding {}

    /** Nothing was heard of the run yet: its facts come by another topic. */
    record RunUnknown() implements CardStanding {}

    /** It is on its way. */
    record Coming() implements CardStanding {}

    /** It stands there and can be edited. */
    record Posted(String channelId, String ts) implements CardStanding {}

    /** It stands there and cannot be edited: the channel does not tell where. */
    record PostedBlind() implements CardStanding {}

    /** It may stand there, but can no longer be found or edited. */
    record Lost(String reason) implements CardStanding {}
}
