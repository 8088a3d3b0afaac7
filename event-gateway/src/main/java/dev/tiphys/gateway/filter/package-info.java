/** Filters in Argo's expression language, run as CEL. Pure. */
@NullMarked
package dev.tiphys.gateway.filter;

import org.jspecify.annotations.NullMarked;
