package dev.tiphys.syncer.source;

import java.util.List;

/**
 * The files that a selection chose at a commit.
 *
 * @param sha the commit
 * @param files sorted by path
 */
public record Contents(String sha, Selection selection, List<SourceFile> files) {
    public Contents {
        files = List.copyOf(files);
    }
}
