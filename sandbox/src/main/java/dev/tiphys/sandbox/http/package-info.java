/** The Kubernetes API over HTTP: paths, verbs, discovery and watches. */
@NullMarked
package dev.tiphys.sandbox.http;

import org.jspecify.annotations.NullMarked;
