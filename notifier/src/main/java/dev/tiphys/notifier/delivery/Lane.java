package dev.tiphys.notifier.delivery;

/**
 * A channel of a workspace. Messages of one lane go one after another; lanes do not wait for each other.
 *
 * @param workspace the SlackWorkspace definition's name
 * @param channel as people wrote it, for example {@code #deploys}
 */
public record Lane(String workspace, String channel) {}
