package dev.tiphys.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once for each user of the machine from the archive that the build brings along. What
 * was unpacked half is never used: a directory gets its name when it is whole.
 */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /**
     * The directory that has {@code bin}, {@code lib} and {@code share}; unpacks it when it is not there.
     *
     * @throws IllegalStateException if there are no programs for this machine
     */
    static Path unpacked() {
        String archive = archiveName();
        try (InputStream in = open(archive)) {
            Path cache = cache();
            // The size tells versions apart: the archive carries no version, and hashing 15 MB at each start is slow.
            Path home = cache.resolve(archive.replace(".txz", "-" + sizeOf(archive)));
            if (Files.isDirectory(home)) {
                return home;
            }
            return unpackUnderLock(in, cache, home);
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL's programs cannot be unpacked", e);
        }
    }

    // Synchronized because two threads of one process may not wait for the same file lock.
    private static synchronized Path unpackUnderLock(InputStream in, Path cache, Path home) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            if (Files.isDirectory(home)) {
                return home;
            }
            Path half = home.resolveSibling(home.getFileName() + ".half");
            Directories.delete(half);
            unpack(in, half);
            Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
            return home;
        }
    }

    private static String archiveName() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String platform = system.contains("mac") ? "darwin" : "linux";
        return switch (processor) {
            case "amd64", "x86_64" -> "postgres-" + platform + "-x86_64.txz";
            case "aarch64", "arm64" -> "postgres-" + platform + "-arm_64.txz";
            default ->
                throw new IllegalStateException("there are no PostgreSQL programs for " + system + " on " + processor
                        + "; use an outside database");
        };
    }

    private static InputStream open(String archive) {
        InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive);
        if (in == null) {
            throw new IllegalStateException(archive + " is not on the class path; use an outside database");
        }
        return in;
    }

    private static long sizeOf(String archive) throws IOException {
        var resource = PostgresBinaries.class.getResource("/" + archive);
        return resource == null ? 0 : resource.openConnection().getContentLengthLong();
    }

    private static Path cache() throws IOException {
        String named = System.getenv("XDG_CACHE_HOME");
        Path user = named == null || named.isBlank()
                ? Path.of(System.getProperty("user.home", ""), ".cache")
                : Path.of(named);
        try {
            return Files.createDirectories(user.resolve("tiphys").resolve("postgres"));
        } catch (IOException _) {
            return sharedCache();
        }
    }

    // For a user without a home of their own, as in many containers. Programs that another user put there are not run.
    private static Path sharedCache() throws IOException {
        String user = System.getProperty("user.name", "");
        Path own = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "tiphys-" + user));
        if (!Files.getOwner(own).getName().equals(user)) {
            throw new IOException(own + " belongs to " + Files.getOwner(own).getName() + "; set XDG_CACHE_HOME");
        }
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
        return Files.createDirectories(own.resolve("postgres"));
    }

    private static void unpack(InputStream archive, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null) {
                write(tar, entry, target);
                entry = tar.getNextEntry();
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("the archive leads outside: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, path);
        boolean executable = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
