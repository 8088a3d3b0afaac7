package dev.tiphys.engine.work.kubernetes;

import dev.tiphys.engine.work.Pauses;
import java.time.Duration;

/**
 * How long to put up with what.
 *
 * @param away between tries while the cluster does not answer
 * @param cannotStart how long a container may say that it cannot start, for example that its image is not there
 * @param blind how long the watch may search its connection before it is said
 * @param reasons how long nothing may run before the cluster's events are asked why, and how often then
 * @param look how often to ask whether the step is cancelled; the cluster itself is watched
 */
record JobPatience(Pauses away, Duration cannotStart, Duration blind, Duration reasons, Duration look) {
    static final JobPatience USUAL = new JobPatience(
            new Pauses(Duration.ofSeconds(1), 2, Duration.ofMinutes(1), 0.3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1));
}
