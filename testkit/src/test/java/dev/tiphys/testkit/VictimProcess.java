package dev.tiphys.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A Java process of its own that starts a part, says what it has to say, and waits to be killed. */
final class VictimProcess implements AutoCloseable {
    private final Process process;
    private final String said;

    private VictimProcess(Process process, String said) {
        this.process = process;
        this.said = said;
    }

    /** Starts a main class of these tests; returns when it printed its line. */
    static VictimProcess start(Class<?> main, Path directory) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        main.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
            throw new IOException(main.getName() + " ended without a word");
        }
        return new VictimProcess(process, line);
    }

    String said() {
        return said;
    }

    /** What kill -9 does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
