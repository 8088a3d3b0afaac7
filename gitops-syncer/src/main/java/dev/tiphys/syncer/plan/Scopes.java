package dev.tiphys.syncer.plan;

import java.util.Optional;

/** Knows which kinds live in namespaces; normally the cluster's discovery. */
@FunctionalInterface
public interface Scopes {

    /** {@return whether objects of the kind live in a namespace; empty if the cluster does not know the kind (yet)} */
    Optional<Boolean> namespaced(String group, String kind);
}
