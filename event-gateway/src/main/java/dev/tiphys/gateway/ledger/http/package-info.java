/** The ledger, for people and programs. */
@NullMarked
package dev.tiphys.gateway.ledger.http;

import org.jspecify.annotations.NullMarked;
