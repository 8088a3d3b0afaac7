/** Slack by its Web API and by incoming webhooks. */
@NullMarked
package dev.tiphys.notifier.delivery.slack;

import org.jspecify.annotations.NullMarked;
