package dev.tiphys.engine.trigger;

import dev.tiphys.contracts.definition.Definition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks a repository itself what a push changed, where the sender did not tell. Blocking, thread-safe. */
public interface ChangedPaths {

    /**
     * {@return every path added, modified or removed between two commits}
     *
     * @param before null for a ref that was created: then what its commit differs in from the default branch, or every path of
     *     it if it is part of that branch. Every path too if {@code before} was rewritten and is gone
     * @throws PathsUnknown if the repository does not answer: decide later, never without
     * @throws NoSuchCommit if it answers that it has no such commit: it was forced away, or a copy of the server lags behind
     */
    List<String> between(Definition.Repository repository, String ref, @Nullable String before, String revision)
            throws PathsUnknown;

    /** The repository did not answer; the message says why, for a person. */
    class PathsUnknown extends Exception {
        public PathsUnknown(String what, Throwable cause) {
            super(what, cause);
        }

        public PathsUnknown(String what) {
            super(what);
        }
    }

    /** The repository was read just now, and the commit is in none of its branches and tags. */
    final class NoSuchCommit extends PathsUnknown {
        public NoSuchCommit(String what) {
            super(what);
        }
    }
}
