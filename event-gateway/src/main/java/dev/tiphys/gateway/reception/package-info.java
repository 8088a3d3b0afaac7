/** Takes deliveries from their bytes to their answers. Pure. */
@NullMarked
package dev.tiphys.gateway.reception;

import org.jspecify.annotations.NullMarked;
