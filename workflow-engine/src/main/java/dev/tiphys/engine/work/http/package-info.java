/** Calls HTTP servers for the steps that say so. */
@NullMarked
package dev.tiphys.engine.work.http;

import org.jspecify.annotations.NullMarked;
