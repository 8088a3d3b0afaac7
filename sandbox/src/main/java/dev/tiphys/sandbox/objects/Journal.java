package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The objects on disk: one line per change, rewritten as a whole when it has grown. A line that a kill cut off is dropped;
 * what was written before it survives the process, though not the machine, since nothing is forced to the disk.
 */
final class Journal implements AutoCloseable {

    private static final long SMALL = 8L << 20;
    private static final int GROWTH = 4;

    private final Path file;
    private final FileChannel lockFile;
    private FileChannel channel;
    private long compactedSize;

    private Journal(Path file, FileChannel lockFile, FileChannel channel) {
        this.file = file;
        this.lockFile = lockFile;
        this.channel = channel;
    }

    /** What the file held. */
    record Contents(long revision, SortedMap<ObjectKey, ObjectNode> objects) {}

    /**
     * Takes the directory for this process.
     *
     * @throws IOException if another process has it, or it cannot be written
     */
    static Journal open(Path directory) throws IOException {
        FileChannel lockFile =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = lockFile.tryLock();
            if (lock == null) {
                throw new IOException("another process runs the sandbox in " + directory);
            }
            Path file = directory.resolve("objects.jsonl");
            return new Journal(file, lockFile, openPrivately(file, StandardOpenOption.APPEND));
        } catch (OverlappingFileLockException e) {
            lockFile.close();
            throw new IOException("this process already runs a sandbox in " + directory, e);
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    Contents read() throws IOException {
        SortedMap<ObjectKey, ObjectNode> objects = new TreeMap<>();
        long revision = 0;
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int end = 0; end < bytes.length; end++) {
            if (bytes[end] != '\n') {
                continue;
            }
            JsonNode line;
            try {
                line = Trees.JSON.readTree(bytes, start, end - start);
            } catch (JsonProcessingException e) {
                // A line is only complete with its end; one that is complete and unreadable was not torn by a kill.
                throw new IOException(file + " is damaged at byte " + start + "; move it away to start afresh", e);
            }
            start = end + 1;
            revision = Math.max(revision, line.path("revision").asLong());
            if (line.has("storage")) {
                ObjectKey key = new ObjectKey(
                        line.path("storage").asText(),
                        line.path("namespace").asText(),
                        line.path("name").asText());
                if (line.get("object") instanceof ObjectNode object) {
                    objects.put(key, object);
                } else {
                    objects.remove(key);
                }
            }
        }
        return new Contents(revision, objects);
    }

    void append(long revision, ObjectKey key, @Nullable ObjectNode object) {
        try {
            write(channel, line(revision, key, object));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    boolean isGrown() throws IOException {
        return channel.size() > Math.max(SMALL, compactedSize * GROWTH);
    }

    /** Replaces the file by one that holds just these objects; a kill leaves the old one or the new one. */
    void compact(Contents contents) throws IOException {
        Path fresh = file.resolveSibling("objects.jsonl.new");
        Files.deleteIfExists(fresh);
        FileChannel next = openPrivately(fresh, StandardOpenOption.WRITE);
        write(next, Trees.object().put("revision", contents.revision()));
        for (var object : contents.objects().entrySet()) {
            write(next, line(contents.revision(), object.getKey(), object.getValue()));
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        channel.close();
        channel = next;
        compactedSize = next.size();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        lockFile.close();
    }

    private static ObjectNode line(long revision, ObjectKey key, @Nullable ObjectNode object) {
        ObjectNode line = Trees.object()
                .put("revision", revision)
                .put("storage", key.storage())
                .put("namespace", key.namespace())
                .put("name", key.name());
        line.set("object", object);
        return line;
    }

    private static void write(FileChannel to, ObjectNode line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static FileChannel openPrivately(Path file, StandardOpenOption how) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, how),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
}
