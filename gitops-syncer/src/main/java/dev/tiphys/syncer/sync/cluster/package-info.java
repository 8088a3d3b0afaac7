/** The Kubernetes API. */
@NullMarked
package dev.tiphys.syncer.sync.cluster;

import org.jspecify.annotations.NullMarked;
