/** Reads Git repositories over https, http, ssh and from files, from bare mirrors that applications share. */
@NullMarked
package dev.tiphys.syncer.source.git;

import org.jspecify.annotations.NullMarked;
