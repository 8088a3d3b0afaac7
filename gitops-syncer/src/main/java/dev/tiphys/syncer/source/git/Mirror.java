package dev.tiphys.syncer.source.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.GC;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The bare copy of one repository. Many read at once; one fetches at a time; nobody reads while a damaged copy is thrown
 * away. Fetched objects are complete before anybody sees them, so readers need not wait for fetches.
 */
final class Mirror {
    private static final Logger log = Logger.getLogger(Mirror.class);

    private final Path directory;
    private final ReentrantReadWriteLock files = new ReentrantReadWriteLock();
    private final ReentrantLock network = new ReentrantLock();
    private final Map<Object, CompletableFuture<?>> waiting = new ConcurrentHashMap<>();
    private final int maxPacks;
    private @Nullable FileRepository opened;
    /** Only whoever has the turn touches it. */
    private int toleratedPacks;

    /** Work with the files of the mirror. */
    interface Work<T> {
        T with(Repository repository) throws IOException;
    }

    Mirror(Path directory, int maxPacks) {
        this.directory = directory;
        this.maxPacks = maxPacks;
        this.toleratedPacks = maxPacks;
    }

    /** Works with the mirror, which is made if it is not there. */
    <T> T use(Work<T> work) throws IOException {
        files.readLock().lock();
        try {
            return work.with(repository());
        } finally {
            files.readLock().unlock();
        }
    }

    /** Throws a damaged mirror away, unless somebody else did already; the next use makes a new one. */
    void rebuild(Repository damaged) throws IOException {
        files.writeLock().lock();
        try {
            synchronized (this) {
                if (!damaged.equals(opened)) {
                    return;
                }
                opened = null;
            }
            damaged.close();
            delete(directory);
        } finally {
            files.writeLock().unlock();
        }
    }

    /**
     * Does work that needs the network, one at a time. Callers who come with the same key while the work waits for its turn
     * share its result; who comes when it has begun does not, for the server may have changed since.
     *
     * @return empty if the turn did not come in time
     */
    <T> Optional<T> inTurn(Object key, Duration patience, Supplier<T> work) {
        CompletableFuture<T> mine = new CompletableFuture<>();
        @SuppressWarnings("unchecked") // a key stands for one kind of work, and so for one type
        CompletableFuture<T> others = (CompletableFuture<T>) waiting.putIfAbsent(key, mine);
        if (others != null) {
            return Optional.ofNullable(others.join());
        }
        try {
            mine.complete(whenFree(key, mine, patience, work));
            return Optional.ofNullable(mine.join());
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            waiting.remove(key, mine);
        }
    }

    private <T> @Nullable T whenFree(Object key, CompletableFuture<T> mine, Duration patience, Supplier<T> work) {
        try {
            if (!network.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return null;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return null;
        }
        try {
            waiting.remove(key, mine);
            return work.get();
        } finally {
            network.unlock();
        }
    }

    /**
     * Makes the packs one when there are too many: each is looked into for each object. Nobody reads meanwhile. Called by whoever
     * has the turn, after the work.
     */
    void tidyUp() throws IOException {
        if (repository().getObjectDatabase().getPacks().size() <= toleratedPacks) {
            return;
        }
        files.writeLock().lock();
        try {
            FileRepository repository = repository();
            GC collector = new GC(repository);
            collector.setPackExpireAgeMillis(0); // nobody else reads the former packs
            collector.repack();
            // What no branch or tag leads to any more, and perhaps is deployed, stays for the two weeks that Git gives
            // it.
            collector.prune(Set.of());
        } catch (IOException | ParseException e) {
            log.warnf("the packs of the mirror in %s stay many: %s", directory, Failures.text(e));
        } finally {
            toleratedPacks = repository().getObjectDatabase().getPacks().size() + maxPacks;
            files.writeLock().unlock();
        }
    }

    private synchronized FileRepository repository() throws IOException {
        if (opened == null) {
            opened = open();
        }
        return opened;
    }

    private FileRepository open() throws IOException {
        FileRepository repository = (FileRepository) new FileRepositoryBuilder()
                .setGitDir(directory.toFile())
                .setBare()
                .setMustExist(false)
                .build();
        if (!Files.exists(directory.resolve("HEAD"))
                || !repository.getObjectDatabase().exists()) {
            repository.close();
            delete(directory);
            Files.createDirectories(directory);
            repository = (FileRepository) new FileRepositoryBuilder()
                    .setGitDir(directory.toFile())
                    .setBare()
                    .build();
            repository.create(/* bare= */ true);
        }
        return repository;
    }

    /** Removes what a killed process left behind: locks, and packs that were not received wholly. */
    static void tidy(Path mirrors) {
        if (!Files.isDirectory(mirrors)) {
            return;
        }
        try {
            Files.walkFileTree(mirrors, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    String name = file.getFileName().toString();
                    boolean left = name.startsWith("incoming_") || name.startsWith("noz") || name.endsWith("_tmp");
                    if (left || name.endsWith(".lock")) {
                        Files.delete(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("the mirrors in " + mirrors + " cannot be tidied", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
