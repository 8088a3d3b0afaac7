package dev.tiphys.standalone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a JVM's processor time goes, by the flight recorder's samples of CPU time (JDK 25, Linux). A sample belongs to the
 * innermost frame that one of the parts knows; what nobody knows is "other".
 */
final class CpuProfile {
    /** Several of the kernel's ticks: timers of CPU time go off at ticks only. */
    private static final Duration EACH = Duration.ofMillis(20);

    private final ProcessHandle process;
    private final Path recording;

    private CpuProfile(ProcessHandle process, Path recording) {
        this.process = process;
        this.recording = recording;
    }

    /** Begins to record. */
    static CpuProfile begin(ProcessHandle process, Path recording) throws IOException, InterruptedException {
        CpuProfile profile = new CpuProfile(process, recording);
        profile.tell(
                "JFR.start",
                "name=cpu",
                "settings=none",
                "+jdk.CPUTimeSample#enabled=true",
                "+jdk.CPUTimeSample#throttle=" + EACH.toMillis() + "ms",
                "+jdk.GCCPUTime#enabled=true");
        return profile;
    }

    /**
     * Ends the recording.
     *
     * @param parts names, and the beginnings of the classes whose frames they are; the order does not matter
     * @return seconds of CPU time by part; "collecting garbage" and "other" among them
     */
    Map<String, Double> end(Map<String, List<String>> parts) throws IOException, InterruptedException {
        tell("JFR.stop", "name=cpu", "filename=" + recording);
        Map<String, Double> seconds = new LinkedHashMap<>();
        parts.keySet().forEach(part -> seconds.put(part, 0.0));
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                switch (event.getEventType().getName()) {
                    case "jdk.CPUTimeSample" -> seconds.merge(part(event, parts), EACH.toNanos() / 1e9, Double::sum);
                    case "jdk.GCCPUTime" ->
                        seconds.merge(
                                "collecting garbage",
                                event.getDuration("userTime")
                                                .plus(event.getDuration("systemTime"))
                                                .toNanos()
                                        / 1e9,
                                Double::sum);
                    default -> {}
                }
            }
        }
        Files.delete(recording);
        return seconds;
    }

    private static String part(RecordedEvent event, Map<String, List<String>> parts) {
        if (event.getStackTrace() == null) {
            return "other";
        }
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            RecordedMethod method = frame.getMethod();
            String name = method.getType().getName();
            for (Map.Entry<String, List<String>> part : parts.entrySet()) {
                if (part.getValue().stream().anyMatch(name::startsWith)) {
                    return part.getKey();
                }
            }
        }
        return "other";
    }

    private void tell(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        line.add(Long.toString(process.pid()));
        line.addAll(List.of(command));
        Process jcmd = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", line) + " said: " + said);
        }
    }
}
