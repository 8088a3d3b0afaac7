/**
 * Syncs: what is remembered of an application, the rules that change it, the stages that bring it to a revision, and the
 * comparison of what runs with what Git says.
 */
@NullMarked
package dev.tiphys.syncer.sync;

import org.jspecify.annotations.NullMarked;
