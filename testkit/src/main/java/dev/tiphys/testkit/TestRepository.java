package dev.tiphys.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEditor;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.io.NullOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A bare repository of a {@link GitServer}, for writing history without a checkout. Commits are made one after the
 * other; a client that pushes meanwhile makes the commit fail rather than lose the push.
 */
public final class TestRepository implements AutoCloseable {
    /** Who commits when nobody is named. */
    public static final Author SOMEBODY = new Author("Ada Lovelace", "ada@example.com");

    private static final String MAIN = "main";

    private final Repository git;
    private final String fullName;
    private final URI server;
    private final Traffic<GitRequest> traffic = new Traffic<>();
    private volatile Optional<BasicAuth> account = Optional.empty();

    private TestRepository(Repository git, String fullName, URI server) {
        this.git = git;
        this.fullName = fullName;
        this.server = server;
    }

    /** Who wrote a commit. */
    public record Author(String name, String email) {}

    /** What one commit did; paths are sorted. */
    record Commit(
            String sha,
            String tree,
            String message,
            Author author,
            Author committer,
            Instant when,
            List<String> added,
            List<String> removed,
            List<String> modified) {}

    static TestRepository open(Path directory, String fullName, URI server) {
        try {
            Repository git = RepositoryCache.FileKey.exact(directory.toFile(), FS.DETECTED)
                    .open(false);
            if (!Files.exists(directory.resolve("HEAD"))) {
                git.create(true);
                git.updateRef(Constants.HEAD).link(Constants.R_HEADS + MAIN);
            }
            return new TestRepository(git, fullName, server);
        } catch (IOException e) {
            throw new UncheckedIOException("repository " + directory + " cannot be opened", e);
        }
    }

    /** Owner and name: {@code acme/shop}. */
    public String fullName() {
        return fullName;
    }

    /** Where clients find it; ends with {@code .git}. */
    public String url() {
        return server + "/" + fullName + ".git";
    }

    /** What clients asked of this repository, and what is to go wrong. */
    public Traffic<GitRequest> traffic() {
        return traffic;
    }

    /** From now on only this user may fetch and push. */
    public TestRepository requireAccount(String user, String password) {
        account = Optional.of(new BasicAuth(user, password));
        return this;
    }

    /** {@link #commit(String, Author, String, Map)} on {@code main} by {@link #SOMEBODY}. */
    public String commit(String message, Map<String, ? extends @Nullable String> files) {
        return commit(MAIN, SOMEBODY, message, files);
    }

    /** {@link #commit(String, Author, String, Map)} by {@link #SOMEBODY}. */
    public String commit(String branch, String message, Map<String, ? extends @Nullable String> files) {
        return commit(branch, SOMEBODY, message, files);
    }

    /**
     * Commits on top of a branch, which is created when absent: from {@code main}, or from nothing if there is none.
     *
     * @param files each path with its new content, or null to delete it; other paths stay
     * @return the full hash of the commit
     * @throws IllegalStateException if a client moved the branch meanwhile; commit again
     */
    public synchronized String commit(
            String branch, Author author, String message, Map<String, ? extends @Nullable String> files) {
        try (ObjectInserter inserter = git.newObjectInserter()) {
            Optional<ObjectId> tip = resolve(Constants.R_HEADS + branch);
            Optional<ObjectId> parent = tip.or(() -> resolve(Constants.R_HEADS + MAIN));
            CommitBuilder commit = new CommitBuilder();
            commit.setTreeId(tree(inserter, parent, files));
            parent.ifPresent(commit::setParentId);
            PersonIdent person = new PersonIdent(author.name(), author.email(), Instant.now(), ZoneOffset.UTC);
            commit.setAuthor(person);
            commit.setCommitter(person);
            commit.setMessage(message);
            ObjectId id = inserter.insert(commit);
            inserter.flush();
            move(Constants.R_HEADS + branch, tip.orElse(ObjectId.zeroId()), id);
            return id.name();
        } catch (IOException e) {
            throw new UncheckedIOException("commit on " + branch + " of " + fullName + " failed", e);
        }
    }

    /** Sets a lightweight tag; it may be moved. */
    public void tag(String name, String sha) {
        set(Constants.R_TAGS + name, sha);
    }

    /** Sets a branch to a commit, forwards or not: what a forced push does. */
    public void branch(String name, String sha) {
        set(Constants.R_HEADS + name, sha);
    }

    /** Deletes a branch or tag by its full name. */
    public void delete(String ref) {
        try {
            RefUpdate update = git.updateRef(ref);
            update.setForceUpdate(true);
            check(ref, update.delete());
        } catch (IOException e) {
            throw new UncheckedIOException(ref + " of " + fullName + " cannot be deleted", e);
        }
    }

    /**
     * The commit that a branch points to.
     *
     * @throws IllegalArgumentException if there is no such branch
     */
    public String head(String branch) {
        return resolve(Constants.R_HEADS + branch)
                .map(ObjectId::name)
                .orElseThrow(() -> new IllegalArgumentException(fullName + " has no branch " + branch));
    }

    /** The content of a file at a branch, tag or commit; empty if that has no such file. */
    public Optional<String> read(String revision, String path) {
        ObjectId id = resolve(revision)
                .orElseThrow(() -> new IllegalArgumentException(fullName + " has no revision " + revision));
        try (RevWalk walk = new RevWalk(git);
                TreeWalk found =
                        TreeWalk.forPath(git, path, walk.parseCommit(id).getTree())) {
            if (found == null) {
                return Optional.empty();
            }
            byte[] bytes = git.open(found.getObjectId(0)).getBytes();
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(path + " of " + fullName + " cannot be read", e);
        }
    }

    /** Lets go of the files; the repository stays. {@link GitServer#close} does it for all. */
    @Override
    public void close() {
        git.close();
    }

    Repository git() {
        return git;
    }

    URI server() {
        return server;
    }

    boolean opensFor(Optional<String> authorization) {
        return account.isEmpty() || account.get().opens(authorization);
    }

    /** One commit, compared with its first parent. */
    Commit describe(String sha) {
        try (RevWalk walk = new RevWalk(git)) {
            return describe(walk, walk.parseCommit(ObjectId.fromString(sha)));
        } catch (IOException e) {
            throw new UncheckedIOException("commit " + sha + " of " + fullName + " cannot be read", e);
        }
    }

    /** The commits that {@code after} has and none of {@code known} has, the oldest first. */
    List<Commit> between(List<String> known, String after) {
        try (RevWalk walk = new RevWalk(git)) {
            walk.sort(RevSort.TOPO);
            walk.sort(RevSort.REVERSE, true);
            walk.markStart(walk.parseCommit(ObjectId.fromString(after)));
            for (String sha : known) {
                walk.markUninteresting(walk.parseCommit(ObjectId.fromString(sha)));
            }
            List<RevCommit> found = new ArrayList<>();
            walk.forEach(found::add);
            List<Commit> commits = new ArrayList<>();
            for (RevCommit commit : found) {
                commits.add(describe(commit.name()));
            }
            return commits;
        } catch (IOException e) {
            throw new UncheckedIOException("history of " + fullName + " cannot be read", e);
        }
    }

    /** Whether {@code after} has {@code before} among its ancestors. */
    boolean isForward(String before, String after) {
        try (RevWalk walk = new RevWalk(git)) {
            return walk.isMergedInto(
                    walk.parseCommit(ObjectId.fromString(before)), walk.parseCommit(ObjectId.fromString(after)));
        } catch (IOException e) {
            throw new UncheckedIOException("history of " + fullName + " cannot be read", e);
        }
    }

    /** The branches by their full names, sorted, each with its commit. */
    Map<String, String> branches() {
        try {
            Map<String, String> branches = new TreeMap<>();
            for (Ref ref : git.getRefDatabase().getRefsByPrefix(Constants.R_HEADS)) {
                ObjectId id = ref.getObjectId();
                if (id != null) {
                    branches.put(ref.getName(), id.name());
                }
            }
            return branches;
        } catch (IOException e) {
            throw new UncheckedIOException("branches of " + fullName + " cannot be read", e);
        }
    }

    Optional<ObjectId> resolve(String revision) {
        try {
            return Optional.ofNullable(git.resolve(revision + "^{commit}"));
        } catch (IOException e) {
            throw new UncheckedIOException(revision + " of " + fullName + " cannot be read", e);
        }
    }

    private ObjectId tree(
            ObjectInserter inserter, Optional<ObjectId> parent, Map<String, ? extends @Nullable String> files)
            throws IOException {
        DirCache index = DirCache.newInCore();
        if (parent.isPresent()) {
            fill(index, parent.get());
        }
        DirCacheEditor editor = index.editor();
        for (Map.Entry<String, ? extends @Nullable String> file : files.entrySet()) {
            String content = file.getValue();
            if (content == null) {
                editor.add(new DirCacheEditor.DeletePath(file.getKey()));
                continue;
            }
            ObjectId blob = inserter.insert(Constants.OBJ_BLOB, content.getBytes(StandardCharsets.UTF_8));
            editor.add(new DirCacheEditor.PathEdit(file.getKey()) {
                @Override
                public void apply(DirCacheEntry entry) {
                    entry.setFileMode(FileMode.REGULAR_FILE);
                    entry.setObjectId(blob);
                }
            });
        }
        editor.finish();
        return index.writeTree(inserter);
    }

    private void fill(DirCache index, ObjectId commit) throws IOException {
        try (RevWalk walk = new RevWalk(git);
                ObjectReader reader = git.newObjectReader()) {
            DirCacheBuilder builder = index.builder();
            builder.addTree(
                    new byte[0],
                    DirCacheEntry.STAGE_0,
                    reader,
                    walk.parseCommit(commit).getTree());
            builder.finish();
        }
    }

    private void set(String ref, String sha) {
        try {
            RefUpdate update = git.updateRef(ref);
            update.setForceUpdate(true);
            update.setNewObjectId(ObjectId.fromString(sha));
            check(ref, update.update());
        } catch (IOException e) {
            throw new UncheckedIOException(ref + " of " + fullName + " cannot be set", e);
        }
    }

    private void move(String ref, ObjectId from, ObjectId to) throws IOException {
        RefUpdate update = git.updateRef(ref);
        update.setExpectedOldObjectId(from);
        update.setNewObjectId(to);
        check(ref, update.update());
    }

    private void check(String ref, RefUpdate.Result result) {
        boolean done = switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> true;
            case NOT_ATTEMPTED,
                    LOCK_FAILURE,
                    REJECTED,
                    REJECTED_CURRENT_BRANCH,
                    REJECTED_MISSING_OBJECT,
                    REJECTED_OTHER_REASON,
                    IO_FAILURE,
                    RENAMED -> false;
        };
        if (!done) {
            throw new IllegalStateException(ref + " of " + fullName + " was not moved: " + result);
        }
    }

    private Commit describe(RevWalk walk, RevCommit commit) throws IOException {
        List<String> added = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        List<String> modified = new ArrayList<>();
        try (DiffFormatter diff = new DiffFormatter(NullOutputStream.INSTANCE)) {
            diff.setRepository(git);
            RevCommit parent = commit.getParentCount() == 0 ? null : walk.parseCommit(commit.getParent(0));
            for (DiffEntry entry : diff.scan(parent == null ? null : parent.getTree(), commit.getTree())) {
                switch (entry.getChangeType()) {
                    case ADD, COPY -> added.add(entry.getNewPath());
                    case DELETE -> removed.add(entry.getOldPath());
                    case MODIFY -> modified.add(entry.getNewPath());
                    case RENAME -> {
                        removed.add(entry.getOldPath());
                        added.add(entry.getNewPath());
                    }
                }
            }
        }
        return new Commit(
                commit.name(),
                commit.getTree().name(),
                commit.getFullMessage(),
                author(commit.getAuthorIdent()),
                author(commit.getCommitterIdent()),
                commit.getCommitterIdent().getWhenAsInstant(),
                added.stream().sorted().toList(),
                removed.stream().sorted().toList(),
                modified.stream().sorted().toList());
    }

    private static Author author(PersonIdent person) {
        return new Author(person.getName(), person.getEmailAddress());
    }
}
