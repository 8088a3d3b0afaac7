package dev.tiphys.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What processes use, as Linux counts it. */
final class Processor {
    private static final double TICKS_PER_SECOND = 100;
    private static final long PAGE = 4096;
    private static final int USER_TICKS = 11;
    private static final int CHILDREN_SYSTEM_TICKS = 14;
    private static final int RESIDENT_PAGES = 21;

    private Processor() {}

    /** {@return CPU seconds of the PostgreSQL server whose data is below a directory, with all its processes} */
    static double ofPostgres(Path directory) throws IOException {
        try (var found = Files.find(directory, 4, (path, _) -> path.endsWith("postmaster.pid"))) {
            Path file = found.findFirst().orElseThrow();
            long postmaster = Long.parseLong(Files.readAllLines(file).getFirst().strip());
            return ProcessHandle.of(postmaster).stream()
                    .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                    .mapToDouble(Processor::seconds)
                    .sum();
        }
    }

    static long residentBytes(ProcessHandle process) throws IOException {
        return Long.parseLong(fields(directory(process)).get(RESIDENT_PAGES)) * PAGE;
    }

    /** {@return CPU seconds of the JVM's threads that compile} One that ended took its seconds with it. */
    static double ofCompilers(ProcessHandle process) throws IOException {
        try (var tasks = Files.list(directory(process).resolve("task"))) {
            return tasks.filter(Processor::compiles)
                    .mapToDouble(Processor::seconds)
                    .sum();
        }
    }

    private static boolean compiles(Path task) {
        try {
            return Files.readString(task.resolve("comm")).contains("CompilerThre");
        } catch (IOException e) {
            // It ended in between.
            return false;
        }
    }

    private static Path directory(ProcessHandle process) {
        return Path.of("/proc", Long.toString(process.pid()));
    }

    private static double seconds(ProcessHandle process) {
        return seconds(directory(process));
    }

    private static double seconds(Path process) {
        try {
            return fields(process).subList(USER_TICKS, CHILDREN_SYSTEM_TICKS + 1).stream()
                            .mapToLong(Long::parseLong)
                            .sum()
                    / TICKS_PER_SECOND;
        } catch (IOException e) {
            // It ended in between; what it used counts with its parent.
            return 0;
        }
    }

    /** The fields behind the name, which may hold spaces, of the file {@code stat}. */
    private static List<String> fields(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        return List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" "));
    }
}
