/** How Git servers are entered, for the services that do: they bring JGit, which others need not have. */
@NullMarked
package dev.tiphys.platform.git;

import org.jspecify.annotations.NullMarked;
