package dev.tiphys.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server that a killed process left running in a directory of ours. The caller holds the directory's lock. */
final class PostgresOrphan {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path cluster;

    PostgresOrphan(Path cluster) {
        this.cluster = cluster;
    }

    /**
     * Ends it, if there is one. It is killed, not asked: its clients are gone, and its next start recovers the
     * directory as after any crash.
     *
     * @throws IllegalStateException if it does not end
     */
    void end() throws IOException {
        Optional<ProcessHandle> found = process();
        if (found.isEmpty()) {
            return;
        }
        ProcessHandle server = found.get();
        List<ProcessHandle> workers = server.descendants().toList();
        // SIGQUIT is what PostgreSQL wants here; SIGKILL is what Java has. Workers see that their parent died and end.
        server.destroyForcibly();
        await(server);
        for (ProcessHandle worker : workers) {
            await(worker);
        }
        Files.deleteIfExists(cluster.resolve("postmaster.pid"));
    }

    private Optional<ProcessHandle> process() throws IOException {
        Path file = cluster.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d+")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).filter(this::worksHere);
    }

    // A process id is used again after a while: only a server that was started for this very directory is ours.
    private boolean worksHere(ProcessHandle process) {
        String[] arguments = process.info().arguments().orElse(new String[0]);
        boolean server =
                process.info().command().filter(c -> c.endsWith("postgres")).isPresent();
        return server && List.of(arguments).contains(cluster.toString());
    }

    private void await(ProcessHandle process) {
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ending process " + process.pid(), e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "process " + process.pid() + ", a database server left over in " + cluster + ", does not end", e);
        }
    }
}
