/** What every record on the log has in common. */
@NullMarked
package dev.tiphys.contracts.payload;

import org.jspecify.annotations.NullMarked;
