package dev.tiphys.engine.work.jenkins;

import dev.tiphys.engine.work.Pauses;
import java.time.Duration;

/**
 * How often Jenkins is asked. It forgets an item 300 s after it left the queue: no pause is longer than a minute.
 *
 * @param answer how long one whole answer is waited for
 * @param settle how long a request whose answer was lost may still be on its way: it is searched for that long before it is
 *     made again
 * @param lost how long an item or a build that vanished is searched for
 * @param stop how long each degree of stopping a build is given before the next
 */
record Pacing(Pauses queue, Pauses build, Pauses away, Duration answer, Duration settle, Duration lost, Duration stop) {
    static final Pacing USUAL = new Pacing(
            new Pauses(Duration.ofMillis(250), 1.5, Duration.ofSeconds(2), 0),
            new Pauses(Duration.ofMillis(250), 1.25, Duration.ofSeconds(5), 0),
            new Pauses(Duration.ofSeconds(1), 2, Duration.ofMinutes(1), 0.3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(3),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10));
}
