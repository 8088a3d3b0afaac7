package dev.tiphys.notifier.app;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** What can be set. */
@ConfigMapping(prefix = "tiphys.notifier")
interface NotifierConfig {

    /** The time in which one more message to a channel becomes possible. */
    Duration postEvery();

    /** How many messages a channel takes at once after a rest. */
    int postBurst();

    /** The time in which one more edit in a workspace becomes possible. */
    Duration editEvery();

    /** How many edits a workspace takes at once after a rest. */
    int editBurst();

    /** How long a call to Slack may take. */
    Duration callTimeout();

    /** How long a workspace that does not take us is left alone while its secret stays the same. */
    Duration barredFor();

    /** After which time at the latest it is looked for what another process left behind. */
    Duration beat();

    /** How old a message may become before it is not worth sending. */
    Duration giveUpAfter();

    /** How long the ledger is kept. */
    Duration keep();
}
