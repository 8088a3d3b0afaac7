/** The whole product in one process, with embedded parts around it. No logic of the product is here. */
@NullMarked
package dev.tiphys.standalone;

import org.jspecify.annotations.NullMarked;
