package dev.tiphys.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A job of {@link FakeJenkins}, and its script: what it takes, how long it waits and works, how it ends. The script may
 * change at any time; a build keeps what it began with.
 */
public final class JenkinsJob {
    private static final Duration FOREVER = Duration.ofDays(3650);

    private final Object lock;
    private final String path;
    private final Runnable advance;
    private final List<JenkinsBuild> builds = new ArrayList<>();
    private final Map<String, String> declared = new LinkedHashMap<>();
    private Function<Map<String, String>, JenkinsResult> result = _ -> JenkinsResult.SUCCESS;
    private Function<Map<String, String>, String> log = _ -> "Testing\n";
    private Duration queueFor = Duration.ZERO;
    private Duration runsFor = Duration.ZERO;
    private Duration postFor = Duration.ZERO;
    private boolean enabled = true;

    JenkinsJob(Object lock, String path, Runnable advance) {
        this.lock = lock;
        this.path = path;
        this.advance = advance;
    }

    /** Declares parameters with the default value "": the job takes these and drops others in silence. */
    public JenkinsJob parameters(String... names) {
        synchronized (lock) {
            for (String name : names) {
                declared.put(name, "");
            }
            return this;
        }
    }

    /** How its builds end from now on. */
    public JenkinsJob result(JenkinsResult always) {
        return result(_ -> always);
    }

    /** How its builds end from now on, by their parameters; asked when a build begins. */
    public JenkinsJob result(Function<Map<String, String>, JenkinsResult> byParameters) {
        synchronized (lock) {
            result = byParameters;
            return this;
        }
    }

    /** What its builds write, between Jenkins' first and last line; it appears line by line while they run. */
    public JenkinsJob log(String always) {
        return log(_ -> always);
    }

    /** What its builds write, by their parameters; asked when a build begins. */
    public JenkinsJob log(Function<Map<String, String>, String> byParameters) {
        synchronized (lock) {
            log = byParameters;
            return this;
        }
    }

    /** How long its builds wait for an executor. */
    public JenkinsJob queueFor(Duration wait) {
        synchronized (lock) {
            queueFor = wait;
            return this;
        }
    }

    /** How long its builds run. */
    public JenkinsJob runsFor(Duration work) {
        synchronized (lock) {
            runsFor = work;
            return this;
        }
    }

    /** How long its builds are still building after their result is told. */
    public JenkinsJob postFor(Duration work) {
        synchronized (lock) {
            postFor = work;
            return this;
        }
    }

    /** Its builds wait in the queue until {@link FakeJenkins#release}. */
    public JenkinsJob queueUntilReleased() {
        return queueFor(FOREVER);
    }

    /** Its builds run until {@link FakeJenkins#finish}. */
    public JenkinsJob runUntilFinished() {
        return runsFor(FOREVER);
    }

    /** A disabled job refuses to build. */
    public JenkinsJob disable() {
        synchronized (lock) {
            enabled = false;
            return this;
        }
    }

    /** Its path without the {@code job/} between the parts: {@code shop/integration-test}. */
    public String path() {
        return path;
    }

    /** Its builds that began, the oldest first, as they stand now. */
    public List<Build> builds() {
        synchronized (lock) {
            advance.run();
            return builds.stream().map(JenkinsBuild::view).toList();
        }
    }

    /** A build as it stood when it was asked for. {@code result} is empty while it runs. */
    public record Build(
            int number,
            long queueId,
            Map<String, String> parameters,
            boolean building,
            Optional<JenkinsResult> result) {}

    Map<String, String> declared() {
        return declared;
    }

    boolean enabled() {
        return enabled;
    }

    Instant startOf(Instant queued) {
        return queued.plus(queueFor);
    }

    /** Makes the next build, beginning at {@code start}. */
    JenkinsBuild begin(long queueId, Map<String, String> parameters, Instant start, String user) {
        int number = builds.stream()
                        .map(JenkinsBuild::number)
                        .max(Comparator.naturalOrder())
                        .orElse(0)
                + 1;
        JenkinsBuild build = new JenkinsBuild(
                number,
                queueId,
                parameters,
                start,
                new JenkinsBuild.Script(result.apply(parameters), log.apply(parameters), runsFor, postFor),
                user);
        builds.add(build);
        return build;
    }

    List<JenkinsBuild> begun() {
        return builds;
    }
}
