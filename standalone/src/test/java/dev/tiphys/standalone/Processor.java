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
        return Long.parseLong(fields(process).get(RESIDENT_PAGES)) * PAGE;
    }

    private static double seconds(ProcessHandle process) {
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

    /** The fields behind the name, which may hold spaces, of /proc/PID/stat. */
    private static List<String> fields(ProcessHandle process) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        return List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" "));
    }
}
