package dev.tiphys.syncer.source.git;

import dev.tiphys.platform.git.SshSessions;
import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.Contents;
import dev.tiphys.syncer.source.GitRequests;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Resolved;
import dev.tiphys.syncer.source.Selection;
import dev.tiphys.syncer.source.Sources;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** Answers from mirrors, and asks servers only for what the mirrors do not hold. */
@Singleton
final class GitSources implements Sources {
    private final GitConfig config;
    private final GitRequests requests;
    private final Map<String, Mirror> mirrors = new ConcurrentHashMap<>();

    /** One kind of work on one repository, for sharing it. */
    private record Asked(RepositoryAccess access, String what) {}

    /** Work with a mirror that holds what is needed. */
    private interface Reading<T> {
        Answer<T> from(Repository repository, ObjectReader reader) throws IOException;
    }

    /** Work that may find that the copy here is damaged. */
    private interface Attempt<T> {
        Answer<T> make() throws IOException, Damaged;
    }

    /** The copy here is damaged. */
    private static final class Damaged extends Exception {
        private final transient Repository repository;

        Damaged(Repository repository, Throwable cause) {
            super(cause);
            this.repository = repository;
        }
    }

    GitSources(GitConfig config, GitRequests requests) {
        this.config = config;
        this.requests = requests;
        OwnSettings.use();
        Mirror.tidy(config.directory());
    }

    @Override
    public Answer<Resolved> resolve(RepositoryAccess access, String targetRevision) {
        Revision revision = Revision.of(targetRevision);
        if (!revision.isFit()) {
            return new Answer.Stuck<>("the revision " + shown(targetRevision) + " is not a name that Git allows");
        }
        return with(
                access,
                (address, mirror) -> revision.isCommit()
                        ? resolveCommit(access, address, mirror, revision.text())
                        : inTurn(
                                mirror,
                                new Asked(access, "resolve " + revision.text()),
                                address,
                                repository -> resolveName(access, address, repository, revision)));
    }

    @Override
    public Answer<Contents> read(RepositoryAccess access, String sha, Selection selection) {
        if (!selection.staysInside()) {
            return new Answer.Stuck<>("the path " + shown(selection.path()) + " leads out of the repository");
        }
        return reading(access, List.of(sha), (_, reader) -> {
            try (RevWalk walk = new RevWalk(reader)) {
                RevCommit commit = walk.parseCommit(ObjectId.fromString(sha));
                return new Answer.Found<>(
                        new Contents(sha, selection, new TreeReader(reader, commit.getTree(), config).read(selection)));
            } catch (TreeReader.Unreadable e) {
                return new Answer.Stuck<>("the commit " + sha.substring(0, 8) + " " + e.getMessage());
            }
        });
    }

    @Override
    public Answer<List<String>> changedPaths(RepositoryAccess access, String from, String to) {
        return reading(access, List.of(from, to), (_, reader) -> {
            try (RevWalk commits = new RevWalk(reader);
                    TreeWalk walk = new TreeWalk(reader)) {
                walk.addTree(commits.parseCommit(ObjectId.fromString(from)).getTree());
                walk.addTree(commits.parseCommit(ObjectId.fromString(to)).getTree());
                walk.setFilter(TreeFilter.ANY_DIFF);
                walk.setRecursive(true);
                List<String> paths = new ArrayList<>();
                while (walk.next()) {
                    paths.add(walk.getPathString());
                    if (paths.size() > config.maxEntries()) {
                        return new Answer.Stuck<>("more than " + config.maxEntries() + " paths differ between "
                                + from.substring(0, 8) + " and " + to.substring(0, 8));
                    }
                }
                return new Answer.Found<>(paths.stream().sorted().distinct().toList());
            }
        });
    }

    @Override
    public Answer<Boolean> isAncestor(RepositoryAccess access, String ancestor, String descendant) {
        return reading(access, List.of(ancestor, descendant), (_, reader) -> {
            try (RevWalk walk = new RevWalk(reader)) {
                return new Answer.Found<>(walk.isMergedInto(
                        walk.parseCommit(ObjectId.fromString(ancestor)),
                        walk.parseCommit(ObjectId.fromString(descendant))));
            }
        });
    }

    private interface Use<T> {
        Answer<T> of(RepositoryAddress address, Mirror mirror);
    }

    private <T> Answer<T> with(RepositoryAccess access, Use<T> use) {
        try {
            RepositoryAddress address = RepositoryAddress.of(access.url());
            String name = address.mirrorName();
            return use.of(
                    address,
                    mirrors.computeIfAbsent(
                            name, folder -> new Mirror(config.directory().resolve(folder), config.maxPacks())));
        } catch (RepositoryAddress.Unfit e) {
            return new Answer.Stuck<>(String.valueOf(e.getMessage()));
        }
    }

    /** Reads at commits, which are fetched if they are not here. */
    private <T> Answer<T> reading(RepositoryAccess access, List<String> shas, Reading<T> reading) {
        for (String sha : shas) {
            if (!new Revision(sha).isCommit()) {
                return new Answer.Stuck<>(shown(sha) + " is no commit: 40 hex digits are");
            }
        }
        return with(
                access,
                (address, mirror) -> healing(mirror, address, () -> {
                    for (String sha : shas) {
                        Answer<Resolved> there = resolveCommit(access, address, mirror, sha);
                        switch (there) {
                            case Answer.Found<Resolved> _ -> {
                                // go on
                            }
                            case Answer.Waiting<Resolved> waiting -> {
                                return new Answer.Waiting<>(waiting.why());
                            }
                            case Answer.Absent<Resolved> absent -> {
                                return new Answer.Absent<>(absent.why());
                            }
                            case Answer.Stuck<Resolved> stuck -> {
                                return new Answer.Stuck<>(stuck.why());
                            }
                        }
                    }
                    return mirrorRead(mirror, reading);
                }));
    }

    private static <T> Answer<T> mirrorRead(Mirror mirror, Reading<T> reading) throws IOException, Damaged {
        Repository[] used = new Repository[1];
        try {
            return mirror.use(repository -> {
                used[0] = repository;
                try (ObjectReader reader = repository.newObjectReader()) {
                    return reading.from(repository, reader);
                }
            });
        } catch (IOException e) {
            throw new Damaged(used[0], e);
        }
    }

    private Answer<Resolved> resolveCommit(
            RepositoryAccess access, RepositoryAddress address, Mirror mirror, String sha) {
        return healing(
                mirror,
                address,
                () -> isHere(mirror, sha)
                        ? new Answer.Found<>(new Resolved(sha, sha))
                        : inTurn(
                                mirror,
                                new Asked(access, "commit " + sha),
                                address,
                                repository -> fetchCommit(access, address, repository, sha)));
    }

    private static boolean isHere(Mirror mirror, String sha) throws IOException {
        return mirror.use(repository -> repository.getObjectDatabase().has(ObjectId.fromString(sha)));
    }

    /** Network work of one mirror, one at a time, healing it if it turns out to be damaged. */
    private Answer<Resolved> inTurn(
            Mirror mirror, Asked asked, RepositoryAddress address, Mirror.Work<Answer<Resolved>> work) {
        Optional<Answer<Resolved>> answer = mirror.inTurn(
                asked,
                config.patience(),
                () -> healing(mirror, address, () -> {
                    Repository[] used = new Repository[1];
                    try {
                        Answer<Resolved> done = mirror.use(repository -> {
                            used[0] = repository;
                            return work.with(repository);
                        });
                        mirror.tidyUp();
                        return done;
                    } catch (IOException e) {
                        if (Failures.isDamage(e)) {
                            throw new Damaged(used[0], e);
                        }
                        throw e;
                    }
                }));
        return answer.orElseGet(() -> new Answer.Waiting<>("other fetches of " + address.shown()
                + " have kept this one waiting for " + config.patience().toSeconds() + " s"));
    }

    /** Makes an attempt; throws a damaged mirror away and makes one more. */
    private <T> Answer<T> healing(Mirror mirror, RepositoryAddress address, Attempt<T> attempt) {
        try {
            try {
                return attempt.make();
            } catch (Damaged e) {
                mirror.rebuild(e.repository);
                return attempt.make();
            }
        } catch (Damaged e) {
            return new Answer.Waiting<>(
                    "the mirror of " + address.shown() + " was damaged, and is again: " + Failures.text(e.getCause()));
        } catch (IOException | UncheckedIOException e) {
            return Failures.answer(address, e);
        }
    }

    private Answer<Resolved> resolveName(
            RepositoryAccess access, RepositoryAddress address, Repository repository, Revision revision)
            throws IOException {
        Collection<Ref> refs = ask(
                access,
                address,
                repository,
                revision.prefixes(),
                all -> revision.in(all).map(List::of).orElse(revision.isAbbreviated() ? List.copyOf(all) : List.of()));
        Optional<Ref> named = revision.in(refs);
        if (named.isPresent()) {
            return commitOf(repository, named.get(), address);
        }
        if (revision.isAbbreviated()) {
            return expand(repository, address, revision.text());
        }
        return new Answer.Stuck<>(address.shown() + " has no branch, tag or commit " + revision.text()
                + (revision.constraint().isPresent() ? ", and no tag within it as a version constraint" : ""));
    }

    private static Answer<Resolved> commitOf(Repository repository, Ref ref, RepositoryAddress address)
            throws IOException {
        Optional<ObjectId> id = Remote.id(ref);
        if (id.isEmpty()) {
            return new Answer.Stuck<>(ref.getName() + " of " + address.shown() + " has no commit yet");
        }
        try (RevWalk walk = new RevWalk(repository)) {
            return new Answer.Found<>(new Resolved(
                    walk.parseCommit(id.get()).name(), ref.getLeaf().getName()));
        } catch (IncorrectObjectTypeException _) {
            return new Answer.Stuck<>(ref.getName() + " of " + address.shown() + " is no commit");
        }
    }

    private static Answer<Resolved> expand(Repository repository, RepositoryAddress address, String abbreviated)
            throws IOException {
        List<String> commits = new ArrayList<>();
        try (ObjectReader reader = repository.newObjectReader();
                RevWalk walk = new RevWalk(reader)) {
            for (ObjectId id : reader.resolve(AbbreviatedObjectId.fromString(abbreviated))) {
                if (walk.parseAny(id) instanceof RevCommit commit) {
                    commits.add(commit.name());
                }
            }
        }
        return switch (commits.size()) {
            case 0 -> new Answer.Stuck<>(address.shown() + " has no branch, tag or commit " + abbreviated);
            case 1 -> new Answer.Found<>(new Resolved(commits.getFirst(), commits.getFirst()));
            default ->
                new Answer.Stuck<>(
                        address.shown() + " has " + commits.size() + " commits that begin with " + abbreviated);
        };
    }

    /** By the branch or tag that points to it; else by itself; else with everything, for servers that do not give that. */
    private Answer<Resolved> fetchCommit(
            RepositoryAccess access, RepositoryAddress address, Repository repository, String sha) throws IOException {
        ObjectId id = ObjectId.fromString(sha);
        if (repository.getObjectDatabase().has(id)) {
            return new Answer.Found<>(new Resolved(sha, sha));
        }
        List<String> everything = List.of(Constants.R_HEADS, Constants.R_TAGS);
        AtomicBoolean alone = new AtomicBoolean();
        try {
            ask(access, address, repository, everything, refs -> {
                Optional<Ref> pointing = refs.stream()
                        .filter(ref -> id.equals(ref.getObjectId()) || id.equals(ref.getPeeledObjectId()))
                        .findFirst();
                alone.set(pointing.isEmpty());
                return List.of(pointing.orElseGet(() -> new ObjectIdRef.Unpeeled(Ref.Storage.NETWORK, sha, id)));
            });
        } catch (TransportException e) {
            // servers refuse a commit by itself in many ways, some by hanging up; the next question finds out what it
            // was
            if (!alone.get() || Failures.isDamage(e)) {
                throw e;
            }
        }
        if (!repository.getObjectDatabase().has(id)) {
            ask(access, address, repository, everything, List::copyOf);
        }
        if (!repository.getObjectDatabase().has(id)) {
            return new Answer.Absent<>(address.shown() + " has no commit " + sha);
        }
        try (RevWalk walk = new RevWalk(repository)) {
            walk.parseCommit(id);
            return new Answer.Found<>(new Resolved(sha, sha));
        } catch (IncorrectObjectTypeException _) {
            return new Answer.Stuck<>(sha + " of " + address.shown() + " is no commit");
        }
    }

    private Collection<Ref> ask(
            RepositoryAccess access,
            RepositoryAddress address,
            Repository repository,
            List<String> prefixes,
            Function<Collection<Ref>, Collection<Ref>> choice)
            throws IOException {
        try {
            return new Remote(address, access.credentials(), config, requests).fetch(repository, prefixes, choice);
        } catch (SshSessions.UnreadableKey e) {
            throw new Failures.NeedsPerson(String.valueOf(e.getMessage()));
        }
    }

    private static String shown(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
    }
}
