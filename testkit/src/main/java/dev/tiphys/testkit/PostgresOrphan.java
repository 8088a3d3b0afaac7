package dev.tiphys.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A server that a killed process left running in a directory of ours. The caller holds the directory's lock. */
final class PostgresOrphan {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PostgresPrograms programs;
    private final Path cluster;

    PostgresOrphan(PostgresPrograms programs, Path cluster) {
        this.programs = programs;
        this.cluster = cluster;
    }

    /**
     * Ends it, if there is one, and takes its pid file away. It is asked to stop, which spares the next start a
     * recovery, and killed when it does not. A pid file whose process id meanwhile belongs to a stranger is
     * taken away too, or PostgreSQL would not start beside it.
     *
     * @throws IllegalStateException if it does not end
     */
    void end() throws IOException {
        Path file = cluster.resolve("postmaster.pid");
        Optional<ProcessHandle> named = named(file);
        if (named.isEmpty()) {
            return;
        }
        switch (identify(named.get())) {
            case OURS -> {
                kill(named.get());
                Files.deleteIfExists(file);
            }
            case STRANGER -> Files.deleteIfExists(file);
            // PostgreSQL looks at more than we can; it starts, or says why not.
            case UNCLEAR -> {}
        }
    }

    private enum Identity {
        OURS,
        STRANGER,
        UNCLEAR
    }

    private static Optional<ProcessHandle> named(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,10}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
    }

    // A process id is used again after a while: only a server that works in this very directory is ours.
    private Identity identify(ProcessHandle process) {
        Optional<String> command = process.info().command();
        if (command.isEmpty()) {
            return Identity.UNCLEAR;
        }
        if (!command.get().endsWith("postgres")) {
            return Identity.STRANGER;
        }
        return worksHere(process) ? Identity.OURS : Identity.UNCLEAR;
    }

    private boolean worksHere(ProcessHandle process) {
        Path current = Path.of("/proc/" + process.pid() + "/cwd");
        try {
            if (Files.exists(current)) {
                return Files.isSameFile(current, cluster);
            }
        } catch (IOException _) {
            // Not ours to look at: another user's, or gone. The arguments tell, if anything does.
        }
        return List.of(process.info().arguments().orElse(new String[0])).contains(cluster.toString());
    }

    private void kill(ProcessHandle server) {
        List<ProcessHandle> workers = server.descendants().toList();
        programs.run(
                PATIENCE.plusSeconds(5),
                "pg_ctl",
                List.of("stop", "-w", "-t", "" + PATIENCE.toSeconds(), "-m", "fast", "-D", cluster.toString()));
        server.destroyForcibly();
        await(server);
        for (ProcessHandle worker : workers) {
            worker.destroyForcibly();
            await(worker);
        }
    }

    // Not onExit(): for a process that is no child it looks only every few hundred milliseconds.
    private void await(ProcessHandle process) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "process " + process.pid() + ", a database server left over in " + cluster + ", does not end");
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while ending process " + process.pid(), e);
            }
        }
    }
}
