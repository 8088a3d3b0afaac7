package dev.tiphys.engine.run;

import dev.tiphys.contracts.run.Wait;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the waits of steps say to people. */
final class Waits {

    private Waits() {}

    static Wait sync(RunEvent.Beginning.Deploy deploy, Instant since) {
        return new Wait(
                "sync",
                deploy.application() + at(deploy.revision()),
                since,
                deploy.deadline(),
                "the application is synced and healthy");
    }

    static Wait approval(RunEvent.Beginning.Ask ask, Instant since) {
        return new Wait(
                "approval", ask.message(), since, ask.deadline(), "a person approves or rejects this step of the run");
    }

    static Wait pause(RunEvent.Beginning.Pause pause, Instant since) {
        return new Wait(
                "time",
                pause.until().toString(),
                since,
                pause.deadline() == null ? pause.until() : pause.deadline(),
                "the time passes");
    }

    static Wait backoff(int attempt, Instant since, Instant until) {
        return new Wait("retry", "attempt " + attempt, since, until, "the pause after the failure passes");
    }

    static Wait end(String reason, Instant since, Instant until) {
        return new Wait("end of the work", reason, since, until, "the worker confirms that what runs outside is ended");
    }

    /** {@return a duration as people write it, for example {@code 1h30m}} */
    static String text(Duration duration) {
        String text = duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
        return text.isEmpty() ? "0s" : text;
    }

    private static String at(@Nullable String revision) {
        return revision == null ? "" : " at " + revision.substring(0, Math.min(12, revision.length()));
    }
}
