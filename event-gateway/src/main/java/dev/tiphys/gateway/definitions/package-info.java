/** What may become a definition, and what a change of them comes to. Pure. */
@NullMarked
package dev.tiphys.gateway.definitions;

import org.jspecify.annotations.NullMarked;
