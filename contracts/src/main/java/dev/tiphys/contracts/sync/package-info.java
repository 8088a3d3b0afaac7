/** The commands to the syncer, its facts, and the present status of applications. */
@NullMarked
package dev.tiphys.contracts.sync;

import org.jspecify.annotations.NullMarked;
