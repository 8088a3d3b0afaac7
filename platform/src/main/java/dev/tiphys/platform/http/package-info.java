/** The guard before the HTTP interface, and the one form of its errors and lists. */
@NullMarked
package dev.tiphys.platform.http;

import org.jspecify.annotations.NullMarked;
