package dev.tiphys.notifier.delivery;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.notice.MessageOutcome;

/** Something that readers of {@code tiphys.deliveries} are to hear; {@code number} orders them. */
public record Outcome(long number, CloudEvent<MessageOutcome> event) {}
