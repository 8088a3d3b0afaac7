package dev.tiphys.contracts.notice;

import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;

/**
 * Say this: a notify step. The key on the topic is the thread, which is the run.
 *
 * @param channel for example {@code #deploys}
 * @param workspace the SlackWorkspace definition's name
 * @param text plain text; the notifier escapes it
 */
@EventType("dev.tiphys.notice.requested.v1")
public record NoticeRequested(
        String run, String pipeline, String step, int attempt, String channel, String workspace, String text)
        implements Payload {}
