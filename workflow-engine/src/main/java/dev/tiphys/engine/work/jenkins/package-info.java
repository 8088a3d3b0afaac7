/** Runs Jenkins jobs, each attempt one build, and takes their results. */
@NullMarked
package dev.tiphys.engine.work.jenkins;

import org.jspecify.annotations.NullMarked;
