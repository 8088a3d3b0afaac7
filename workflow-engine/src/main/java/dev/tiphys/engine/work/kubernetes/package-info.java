/** Runs Kubernetes Jobs and takes their results. */
@NullMarked
package dev.tiphys.engine.work.kubernetes;

import org.jspecify.annotations.NullMarked;
