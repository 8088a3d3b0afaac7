/** Where manifests come from: a directory of a Git repository at a commit, read into objects. */
@NullMarked
package dev.tiphys.syncer.source;

import org.jspecify.annotations.NullMarked;
