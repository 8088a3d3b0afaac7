package dev.tiphys.engine.trigger.git;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.engine.trigger.ChangedPaths;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.Secrets;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/** Fetches the repository into a bare clone for the moment and compares the commits there. */
@Singleton
final class JgitChangedPaths implements ChangedPaths {
    private static final int TIMEOUT_SECONDS = 60;
    private static final String MIRROR = "refs/tiphys/";

    private final Secrets secrets;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    JgitChangedPaths(Secrets secrets) {
        this.secrets = secrets;
    }

    @Override
    public List<String> between(Definition.Repository repository, String ref, @Nullable String before, String revision)
            throws PathsUnknown {
        ReentrantLock lock = locks.computeIfAbsent(repository.url(), _ -> new ReentrantLock());
        lock.lock();
        try {
            return compare(repository, ref, before, revision);
        } catch (GitAPIException | IOException | org.eclipse.jgit.errors.RevisionSyntaxException e) {
            throw new PathsUnknown(
                    "repository " + repository.name() + " does not tell what " + revision + " changed: "
                            + e.getMessage(),
                    e);
        } finally {
            lock.unlock();
        }
    }

    private List<String> compare(Definition.Repository repository, String ref, @Nullable String before, String revision)
            throws GitAPIException, IOException, PathsUnknown {
        Path directory = Files.createTempDirectory("tiphys-paths");
        try (Git git = Git.init().setBare(true).setGitDir(directory.toFile()).call()) {
            // Its own housekeeping would still write here, in the background, while the clone is deleted.
            git.getRepository().getConfig().setInt("gc", null, "auto", 0);
            fetch(git, repository);
            Repository mirror = git.getRepository();
            ObjectId to = present(mirror, repository, revision);
            if (before != null && present(mirror, before).isPresent()) {
                return diff(mirror, commit(mirror, ObjectId.fromString(before)), commit(mirror, to));
            }
            if (before != null) {
                // Rewritten, and the old history is gone: any path may differ from it.
                return diff(mirror, null, commit(mirror, to));
            }
            return diff(mirror, base(mirror, git, repository, ref, to), commit(mirror, to));
        } finally {
            delete(directory);
        }
    }

    private void fetch(Git git, Definition.Repository repository) throws GitAPIException, PathsUnknown {
        // Old commits are rarely a ref of their own, so that branches and tags are fetched with their history.
        var _ = git.fetch()
                .setRemote(repository.url())
                .setRefSpecs(
                        new RefSpec("+refs/heads/*:" + MIRROR + "heads/*"),
                        new RefSpec("+refs/tags/*:" + MIRROR + "tags/*"))
                .setTagOpt(TagOpt.NO_TAGS)
                .setTimeout(TIMEOUT_SECONDS)
                .setProgressMonitor(NullProgressMonitor.INSTANCE)
                .setCredentialsProvider(credentials(repository))
                .call();
    }

    private @Nullable CredentialsProvider credentials(Definition.Repository repository) throws PathsUnknown {
        String name = repository.credentials();
        if (name == null) {
            return null;
        }
        Optional<Secret> password = secrets.find(new SecretRef(name, "password"));
        if (password.isEmpty()) {
            throw new PathsUnknown("secret " + name + " of repository " + repository.name()
                    + " has no key password: paths of a repository behind ssh cannot be compared here");
        }
        String user =
                secrets.find(new SecretRef(name, "username")).map(Secret::text).orElse("git");
        return new UsernamePasswordCredentialsProvider(user, password.get().text());
    }

    private static ObjectId present(Repository mirror, Definition.Repository repository, String revision)
            throws IOException, PathsUnknown {
        return present(mirror, revision)
                .orElseThrow(() -> new PathsUnknown("repository " + repository.name() + " has no commit " + revision
                        + " in its branches and tags"));
    }

    private static Optional<ObjectId> present(Repository mirror, String revision) throws IOException {
        ObjectId id = ObjectId.fromString(revision);
        return mirror.getObjectDatabase().has(id) ? Optional.of(id) : Optional.empty();
    }

    /** {@return where a new ref left the default branch; null if it is part of that: all of it is new then} */
    private @Nullable RevCommit base(
            Repository mirror, Git git, Definition.Repository repository, String ref, ObjectId to)
            throws GitAPIException, IOException, PathsUnknown {
        Ref head = git.lsRemote()
                .setRemote(repository.url())
                .setTimeout(TIMEOUT_SECONDS)
                .setCredentialsProvider(credentials(repository))
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
