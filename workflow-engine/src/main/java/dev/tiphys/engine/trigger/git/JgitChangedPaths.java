package dev.tiphys.engine.trigger.git;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.engine.trigger.ChangedPaths;
import dev.tiphys.platform.git.SshSessions;
import dev.tiphys.platform.secret.Secrets;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.TransportException;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Compares the commits in a bare mirror of the repository, which is kept for as long as the process lives and fetched into
 * only when it lacks one of them. Losing a mirror costs a fetch.
 */
@Singleton
final class JgitChangedPaths implements ChangedPaths {
    /** How long a server may be silent, and how long one question may take in all. */
    record Patience(Duration silence, Duration whole) {
        static final Patience USUAL = new Patience(Duration.ofSeconds(30), Duration.ofMinutes(2));
    }

    private static final String MIRROR = "refs/tiphys/";
    /** Each fetch brings a pack; a mirror of more is slower than a new one. */
    private static final int MOST_PACKS = 200;

    private static final Logger log = Logger.getLogger(JgitChangedPaths.class);

    private final Secrets secrets;
    private final Optional<Path> knownHosts;
    private final Patience patience;
    private final Map<Asked, Mirror> mirrors = new ConcurrentHashMap<>();

    /** Whoever enters with other credentials sees another mirror: it may hold what they may not see. */
    private record Asked(String url, @Nullable String credentials) {}

    private static final class Mirror {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable Path directory;
    }

    @Inject
    JgitChangedPaths(
            Secrets secrets, @ConfigProperty(name = "tiphys.engine.git.known-hosts") Optional<Path> knownHosts) {
        this(secrets, knownHosts, Patience.USUAL);
    }

    JgitChangedPaths(Secrets secrets, Optional<Path> knownHosts, Patience patience) {
        this.secrets = secrets;
        this.knownHosts = knownHosts;
        this.patience = patience;
    }

    @Override
    public List<String> between(Definition.Repository repository, String ref, @Nullable String before, String revision)
            throws PathsUnknown {
        Mirror mirror =
                mirrors.computeIfAbsent(new Asked(repository.url(), repository.credentials()), _ -> new Mirror());
        try {
            if (!mirror.lock.tryLock(patience.whole().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PathsUnknown("other questions keep repository " + repository.name() + " busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PathsUnknown("the service stops", e);
        }
        try {
            return compare(mirror, repository, ref, before, revision);
        } catch (GitAPIException
                | IOException
                | SshSessions.UnreadableKey
                | org.eclipse.jgit.errors.RevisionSyntaxException e) {
            if (!(e instanceof TransportException)) {
                // Perhaps the copy here is damaged; the next question makes a new one.
                forget(mirror);
            }
            throw new PathsUnknown(
                    "repository " + repository.name() + " does not tell what " + revision + " changed: " + text(e), e);
        } finally {
            mirror.lock.unlock();
        }
    }

    private List<String> compare(
            Mirror kept, Definition.Repository repository, String ref, @Nullable String before, String revision)
            throws GitAPIException, IOException, PathsUnknown {
        Path directory = directory(kept);
        RepositoryEntry entry = RepositoryEntry.of(repository, secrets, knownHosts, directory);
        try (Git git = Git.init().setBare(true).setGitDir(directory.toFile()).call()) {
            Repository mirror = git.getRepository();
            // Its own housekeeping would write here in the background.
            mirror.getConfig().setInt("gc", null, "auto", 0);
            // A new ref is compared with the default branch, which may have moved.
            if (before == null
                    || present(mirror, before).isEmpty()
                    || present(mirror, revision).isEmpty()) {
                fetch(git, repository, entry);
            }
            ObjectId to = present(mirror, repository, revision);
            if (before != null && present(mirror, before).isPresent()) {
                return diff(mirror, commit(mirror, ObjectId.fromString(before)), commit(mirror, to));
            }
            if (before != null) {
                // Rewritten, and the old history is gone: any path may differ from it.
                return diff(mirror, null, commit(mirror, to));
            }
            return diff(mirror, base(git, repository, entry, ref, to), commit(mirror, to));
        }
    }

    private static Path directory(Mirror mirror) throws IOException {
        Path known = mirror.directory;
        if (known != null && packs(known) > MOST_PACKS) {
            forget(mirror);
            known = null;
        }
        if (known == null) {
            known = Files.createTempDirectory("tiphys-paths");
            mirror.directory = known;
        }
        return known;
    }

    private static long packs(Path directory) throws IOException {
        Path packs = directory.resolve("objects/pack");
        if (!Files.isDirectory(packs)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(packs)) {
            return files.filter(file -> file.toString().endsWith(".pack")).count();
        }
    }

    private static void forget(Mirror mirror) {
        Path directory = mirror.directory;
        mirror.directory = null;
        if (directory != null) {
            try {
                delete(directory);
            } catch (IOException e) {
                log.warnf("the mirror in %s stays behind: %s", directory, e.getMessage());
            }
        }
    }

    @PreDestroy
    void close() {
        // One that is in use ends with the process, whose temporary files are not kept.
        mirrors.values().forEach(mirror -> {
            if (mirror.lock.tryLock()) {
                try {
                    forget(mirror);
                } finally {
                    mirror.lock.unlock();
                }
            }
        });
    }

    /** {@return the failure without addresses' users and passwords} */
    private static String text(Exception failure) {
        return String.valueOf(failure.getMessage()).replaceAll("://[^/@\\s]*@", "://");
    }

    private void fetch(Git git, Definition.Repository repository, RepositoryEntry entry) throws GitAPIException {
        // Old commits are rarely a ref of their own, so that branches and tags are fetched with their history.
        var _ = git.fetch()
                .setRemote(repository.url())
                .setRefSpecs(
                        new RefSpec("+refs/heads/*:" + MIRROR + "heads/*"),
                        new RefSpec("+refs/tags/*:" + MIRROR + "tags/*"))
                .setTagOpt(TagOpt.NO_TAGS)
                .setRemoveDeletedRefs(true)
                .setTimeout(silence())
                .setProgressMonitor(new FetchDeadline(patience.whole()))
                .setCredentialsProvider(entry.password())
                .setTransportConfigCallback(entry)
                .call();
    }

    private int silence() {
        return Math.max(1, Math.toIntExact(patience.silence().toSeconds()));
    }

    private static ObjectId present(Repository mirror, Definition.Repository repository, String revision)
            throws IOException, PathsUnknown {
        return present(mirror, revision)
                .orElseThrow(() -> new NoSuchCommit("repository " + repository.name() + " has no commit " + revision
                        + " in its branches and tags"));
    }

    private static Optional<ObjectId> present(Repository mirror, String revision) throws IOException {
        ObjectId id = ObjectId.fromString(revision);
        return mirror.getObjectDatabase().has(id) ? Optional.of(id) : Optional.empty();
    }

    /** {@return where a new ref left the default branch; null if it is part of that: all of it is new then} */
    private @Nullable RevCommit base(
            Git git, Definition.Repository repository, RepositoryEntry entry, String ref, ObjectId to)
            throws GitAPIException, IOException, PathsUnknown {
        Repository mirror = git.getRepository();
        Ref head = git.lsRemote()
                .setRemote(repository.url())
                .setTimeout(silence())
                .setCredentialsProvider(entry.password())
                .setTransportConfigCallback(entry)
                .callAsMap()
                .get(Constants.HEAD);
        if (head == null
                || head.getObjectId() == null
                || ref.equals(head.getTarget().getName())) {
            return null;
        }
        try (RevWalk walk = new RevWalk(mirror)) {
            walk.setRevFilter(RevFilter.MERGE_BASE);
            walk.markStart(walk.parseCommit(to));
            walk.markStart(walk.parseCommit(head.getObjectId()));
            RevCommit base = walk.next();
            return base == null || base.getId().equals(to) ? null : base;
        } catch (MissingObjectException e) {
            throw new PathsUnknown("repository " + repository.name() + " moved while it was read", e);
        }
    }

    private static RevCommit commit(Repository mirror, ObjectId id) throws IOException {
        try (RevWalk walk = new RevWalk(mirror)) {
            return walk.parseCommit(id);
        }
    }

    private static List<String> diff(Repository mirror, @Nullable RevCommit from, RevCommit to) throws IOException {
        try (TreeWalk walk = new TreeWalk(mirror)) {
            if (from == null) {
                walk.addTree(new EmptyTreeIterator());
            } else {
                walk.addTree(from.getTree());
            }
            walk.addTree(to.getTree());
            walk.setRecursive(true);
            walk.setFilter(TreeFilter.ANY_DIFF);
            TreeSet<String> paths = new TreeSet<>();
            for (DiffEntry entry : DiffEntry.scan(walk)) {
                paths.add(
                        entry.getChangeType() == DiffEntry.ChangeType.DELETE ? entry.getOldPath() : entry.getNewPath());
            }
            return new ArrayList<>(paths);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
