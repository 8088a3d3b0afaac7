/** What a run's messages say: facts in, messages out. */
@NullMarked
package dev.tiphys.notifier.card;

import org.jspecify.annotations.NullMarked;
