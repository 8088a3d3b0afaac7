package dev.tiphys.notifier.card;

/** What a fact gives cause to say beside the card, or not to say any more. */
public sealed interface Utterance {

    /**
     * Say this in the run's thread.
     *
     * @param step the step that it is about; empty if it is about the run
     * @param broadcast whether the channel hears it too
     */
    record Say(MessageKind kind, String step, Message message, boolean broadcast) implements Utterance {}

    /** What was not said yet about this step is no longer true. */
    record Withdraw(MessageKind kind, String step, String reason) implements Utterance {}
}
