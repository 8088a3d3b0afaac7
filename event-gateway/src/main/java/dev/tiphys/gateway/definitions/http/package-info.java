/** The interface for definitions. */
@NullMarked
package dev.tiphys.gateway.definitions.http;

import org.jspecify.annotations.NullMarked;
