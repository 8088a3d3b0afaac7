package dev.tiphys.syncer.source;

import java.util.List;

/**
 * Git repositories as the syncer sees them. Callers may come from any number of threads; calls block and belong on
 * virtual threads. None throws for what a server or a repository does: what stands in the way is in the answer.
 */
public interface Sources {

    /**
     * Finds the commit of a branch, a tag, a full or abbreviated commit, {@code HEAD}, or the highest tag within a semver
     * constraint. Asks the server, except for a full commit that is known already. Afterwards {@link #read} of that commit
     * needs no server. Absent if a full commit is not there.
     */
    Answer<Resolved> resolve(RepositoryAccess access, String targetRevision);

    /**
     * Reads the selected files at a commit, without a checkout. Fetches only if the commit is unknown here.
     * Absent if the commit is nowhere; stuck if the directory does not exist, or holds more than is allowed.
     *
     * @param sha 40 hex digits
     */
    Answer<Contents> read(RepositoryAccess access, String sha, Selection selection);

    /**
     * Lists every path that differs between two commits, sorted; renamed files with both paths.
     *
     * @param from 40 hex digits
     * @param to 40 hex digits
     */
    Answer<List<String>> changedPaths(RepositoryAccess access, String from, String to);

    /** Tells whether a commit is the other one or one of its ancestors. */
    Answer<Boolean> isAncestor(RepositoryAccess access, String ancestor, String descendant);
}
