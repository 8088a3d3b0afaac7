/** A Kubernetes API server in process with simulated workloads: a sandbox, never a place for real work. */
@NullMarked
package dev.tiphys.sandbox;

import org.jspecify.annotations.NullMarked;
