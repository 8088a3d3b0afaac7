package dev.tiphys.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A build of {@link FakeJenkins}. Where it stands follows from the moment; the server's lock guards it. */
final class JenkinsBuild {
    private final int number;
    private final long queueId;
    private final Map<String, String> parameters;
    private final Instant start;
    private final Script script;
    private final String user;
    private Instant now;
    private Instant resultAt;
    private boolean aborted;
    private String description = "";

    JenkinsBuild(int number, long queueId, Map<String, String> parameters, Instant start, Script script, String user) {
        this.number = number;
        this.queueId = queueId;
        this.parameters = Map.copyOf(parameters);
        this.start = start;
        this.script = script;
        this.user = user;
        this.now = start;
        this.resultAt = start.plus(script.runsFor());
    }

    /** What it will do. */
    record Script(JenkinsResult result, String log, Duration runsFor, Duration postFor) {}

    int number() {
        return number;
    }

    long queueId() {
        return queueId;
    }

    Map<String, String> parameters() {
        return parameters;
    }

    Instant start() {
        return start;
    }

    String description() {
        return description;
    }

    void describe(String text) {
        description = text;
    }

    void advance(Instant moment) {
        now = moment;
    }

    /** Ends the work now, with the result that it was to have. */
    void finish() {
        if (result().isEmpty()) {
            resultAt = now;
        }
    }

    /** Ends the work now as aborted; does nothing to an ended build. */
    void abort() {
        if (result().isEmpty()) {
            aborted = true;
            resultAt = now;
        }
    }

    Optional<JenkinsResult> result() {
        if (now.isBefore(resultAt)) {
            return Optional.empty();
        }
        return Optional.of(aborted ? JenkinsResult.ABORTED : script.result());
    }

    boolean building() {
        return now.isBefore(end());
    }

    Duration took() {
        return building() ? Duration.ZERO : Duration.between(start, end());
    }

    Duration estimate() {
        return script.runsFor().plus(script.postFor());
    }

    /** What it has written so far. */
    byte[] log() {
        StringBuilder text = new StringBuilder("Started by user " + user + "\n");
        List<String> lines = script.log().lines().toList();
        lines.subList(0, written(lines.size()))
                .forEach(line -> text.append(line).append('\n'));
        if (aborted) {
            text.append("Aborted by ").append(user).append('\n');
        }
        if (!building()) {
            text.append("Finished: ").append(result().orElseThrow()).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    JenkinsJob.Build view() {
        return new JenkinsJob.Build(number, queueId, parameters, building(), result());
    }

    private Instant end() {
        return aborted ? resultAt : resultAt.plus(script.postFor());
    }

    private int written(int lines) {
        if (script.runsFor().isZero() || (result().isPresent() && !aborted)) {
            return lines;
        }
        Instant until = aborted ? resultAt : now;
        double share = (double) Duration.between(start, until).toMillis()
                / Math.max(1, script.runsFor().toMillis());
        return Math.clamp((int) (share * lines), 0, lines);
    }
}
