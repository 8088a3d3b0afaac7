/** Events, their traces and pipelines over HTTP. */
@NullMarked
package dev.tiphys.engine.trigger.http;

import org.jspecify.annotations.NullMarked;
