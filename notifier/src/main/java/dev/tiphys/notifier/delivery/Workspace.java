package dev.tiphys.notifier.delivery;

/**
 * A SlackWorkspace as it can be reached at this moment.
 *
 * @param name the definition's name
 * @param fingerprint changes when its address or its secret does; it does not reveal the secret
 */
public record Workspace(String name, Means means, String fingerprint) {

    /** How messages get there. */
    public enum Means {
        /** A bot's token: threads, edits, looking things up. */
        TOKEN,
        /** An incoming webhook: one channel, and nothing but new messages. */
        WEBHOOK
    }
}
