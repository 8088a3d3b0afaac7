package dev.tiphys.syncer.sync;

import dev.tiphys.syncer.source.RepositoryAccess;

/** Knows how to enter repositories. */
@FunctionalInterface
public interface Accesses {

    /** {@return the access to a repository, with the credentials of its definition if there is one} Asked at each use. */
    RepositoryAccess to(String url);
}
