/** The HTTP interface of applications. */
@NullMarked
package dev.tiphys.syncer.sync.http;

import org.jspecify.annotations.NullMarked;
