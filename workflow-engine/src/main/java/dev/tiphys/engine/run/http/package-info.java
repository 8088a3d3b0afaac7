/** Runs over HTTP. */
@NullMarked
package dev.tiphys.engine.run.http;

import org.jspecify.annotations.NullMarked;
