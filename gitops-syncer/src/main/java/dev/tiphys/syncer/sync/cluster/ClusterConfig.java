package dev.tiphys.syncer.sync.cluster;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Which cluster the syncer is given, and how it is treated. */
@ConfigMapping(prefix = "tiphys.syncer")
interface ClusterConfig {

    /** {@return the kubeconfig file; empty inside a cluster} The ambient one is never used. */
    Optional<String> kubeconfig();

    /** {@return the context in it; empty for its current one} */
    Optional<String> kubeContext();

    /** {@return how many writes may be under way at once} */
    @WithDefault("16")
    int parallelWrites();

    /** {@return how long a request may take} */
    @WithDefault("10s")
    Duration requestTimeout();
}
