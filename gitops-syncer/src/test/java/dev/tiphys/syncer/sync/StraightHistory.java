package dev.tiphys.syncer.sync;

import dev.tiphys.syncer.source.Answer;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.Sources;
import java.util.List;

/** A Git of which a test enacts what it holds: nothing is ever forced, and no push is known to change a path. */
public interface StraightHistory extends Sources {
    @Override
    default Answer<List<String>> changedPaths(RepositoryAccess access, String from, String to) {
        return new Answer.Found<>(List.of());
    }

    @Override
    default Answer<Boolean> isAncestor(RepositoryAccess access, String ancestor, String descendant) {
        return new Answer.Found<>(true);
    }
}
