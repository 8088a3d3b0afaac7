/** The actions of people, and the records that could not be handled. */
@NullMarked
package dev.tiphys.contracts.audit;

import org.jspecify.annotations.NullMarked;
