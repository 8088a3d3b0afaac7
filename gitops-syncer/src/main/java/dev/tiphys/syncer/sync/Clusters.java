package dev.tiphys.syncer.sync;

import java.util.Optional;
import java.util.function.Consumer;

/** The clusters that applications can name. */
public interface Clusters {

    /** How an application names the cluster that the syncer is given. */
    String GIVEN = "https://kubernetes.default.svc";

    /** {@return the cluster; empty if there is none at that address} */
    Optional<Cluster> at(String server);

    /** Names the one who is told which application's live objects changed. It must not block. */
    void onChange(Consumer<String> listener);
}
