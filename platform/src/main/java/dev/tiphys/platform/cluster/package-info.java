/** What all that speak with a Kubernetes API server share. */
@NullMarked
package dev.tiphys.platform.cluster;

import org.jspecify.annotations.NullMarked;
