/** The commands that talk to a running Tiphys. */
@NullMarked
package dev.tiphys.cli;

import org.jspecify.annotations.NullMarked;
