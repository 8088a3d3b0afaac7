/** From what is to be said to what was said: the ledger, and who may send what when. */
@NullMarked
package dev.tiphys.notifier.delivery;

import org.jspecify.annotations.NullMarked;
