/** The ledger for people. */
@NullMarked
package dev.tiphys.notifier.delivery.http;

import org.jspecify.annotations.NullMarked;
