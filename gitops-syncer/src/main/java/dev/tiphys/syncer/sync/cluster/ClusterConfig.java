package dev.tiphys.syncer.sync.cluster;

import java.time.Duration;
import java.util.Optional;

/**
 * Which cluster the syncer is given, and how it is treated.
 *
 * @param kubeconfig the file; empty inside a cluster. The ambient one is never used
 * @param context the context in it; empty for its current one
 * @param parallelWrites how many writes may be under way at once
 * @param requestTimeout how long the cluster may be silent in a request; its whole answer may take six times that
 */
record ClusterConfig(
        Optional<String> kubeconfig, Optional<String> context, int parallelWrites, Duration requestTimeout) {}
