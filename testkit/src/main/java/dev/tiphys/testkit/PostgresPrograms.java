package dev.tiphys.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@code initdb} and {@code pg_ctl}. PostgreSQL refuses to run as root; there each program gets a user namespace of
 * its own, in which it is nobody.
 */
final class PostgresPrograms {
    private final Path home;
    private final List<String> prefix;

    PostgresPrograms(Path home) {
        this.home = home;
        this.prefix = isRoot() ? List.of("unshare", "-U") : List.of();
    }

    /** How a program ended, and what it said. */
    record Outcome(int code, String said) {
        boolean isGood() {
            return code == 0;
        }
    }

    /**
     * Runs a program to its end.
     *
     * @throws IllegalStateException if it cannot be run, or takes longer than {@code patience}
     */
    Outcome run(Duration patience, String program, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        try {
            // A file and not a pipe: a server that pg_ctl leaves behind would keep the pipe open.
            Path said = Files.createTempFile("tiphys-postgres", ".out");
            try {
                return run(patience, command, said);
            } finally {
                Files.delete(said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(program + " cannot be run", e);
        }
    }

    private Outcome run(Duration patience, List<String> command, Path said) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        String.join(" ", command) + " did not end within " + patience.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command.getLast(), e);
        }
        return new Outcome(process.exitValue(), explained(Files.readString(said, StandardCharsets.UTF_8)));
    }

    private String explained(String said) {
        if (!prefix.isEmpty() && said.contains("unshare")) {
            return said.strip() + "; PostgreSQL does not run as root, and this machine allows no user namespaces:"
                    + " run as an ordinary user, or use an outside database";
        }
        return said.strip();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
