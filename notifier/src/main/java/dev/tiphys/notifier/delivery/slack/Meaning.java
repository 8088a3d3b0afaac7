package dev.tiphys.notifier.delivery.slack;

import dev.tiphys.notifier.delivery.Chat.Answer;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Slack's answers mean. Unknown errors are refusals: Slack says {@code ok:false} when it did nothing. */
final class Meaning {
    private static final Set<String> BARRED = Set.of(
            "invalid_auth",
            "not_authed",
            "token_revoked",
            "token_expired",
            "account_inactive",
            "missing_scope",
            "no_permission",
            "org_login_required",
            "ekm_access_denied",
            "invalid_token",
            "no_service",
            "no_team",
            "team_disabled");
    private static final Set<String> MALFORMED = Set.of(
            "msg_too_long",
            "invalid_blocks",
            "invalid_blocks_format",
            "msg_blocks_too_long",
            "invalid_attachments",
            "invalid_payload");
    private static final Set<String> GONE =
            Set.of("message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "is_inactive");
    private static final Set<String> LIMITED =
            Set.of("ratelimited", "rate_limited", "rollup_error", "message_limit_exceeded");
    private static final Set<String> AMBIGUOUS = Set.of(
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
            "team_added_to_org",
            "accesslimited");

    private static final int TOO_MANY = 429;

    private Meaning() {}

    /** {@return what an answer of the Web API means} */
    static Answer ofApi(Reply reply) {
        return switch (reply) {
            case Reply.NeverSent(String reason) -> new Answer.NotSent(reason);
            case Reply.Lost(String reason) -> new Answer.Ambiguous(reason);
            case Reply.Answered answered -> {
                if (answered.status() == TOO_MANY) {
                    yield new Answer.Limited(answered.retryAfter());
                }
                if (answered.status() != 200 || !answered.json().path("ok").isBoolean()) {
                    yield strange(answered);
                }
                if (answered.json().path("ok").asBoolean()) {
                    yield new Answer.Done(text(answered, "channel"), text(answered, "ts"));
                }
                yield ofError(word(answered.json().path("error").asText("unknown_error")), answered.retryAfter());
            }
        };
    }

    /** {@return what an answer of an incoming webhook means} */
    static Answer ofWebhook(Reply reply) {
        return switch (reply) {
            case Reply.NeverSent(String reason) -> new Answer.NotSent(reason);
            case Reply.Lost(String reason) -> new Answer.Ambiguous(reason);
            case Reply.Answered answered -> {
                if (answered.status() == 200) {
                    yield new Answer.Done(null, null);
                }
                if (answered.status() == TOO_MANY) {
                    yield new Answer.Limited(answered.retryAfter());
                }
                if (answered.status() >= 500) {
                    yield strange(answered);
                }
                yield ofError(word(answered.text()), answered.retryAfter());
            }
        };
    }

    private static Answer ofError(String error, Duration retryAfter) {
        if (BARRED.contains(error)) {
            return new Answer.Barred(error);
        }
        if (MALFORMED.contains(error)) {
            return new Answer.Malformed(error);
        }
        if (GONE.contains(error)) {
            return new Answer.Gone(error);
        }
        if (LIMITED.contains(error)) {
            return new Answer.Limited(retryAfter);
        }
        return AMBIGUOUS.contains(error) ? new Answer.Ambiguous(error) : new Answer.Refused(error);
    }

    private static Answer strange(Reply.Answered answered) {
        return switch (answered.status()) {
            case 401, 403 -> new Answer.Barred("HTTP " + answered.status());
            case 400, 404, 405, 410, 413 -> new Answer.Refused("HTTP " + answered.status());
            default -> new Answer.Ambiguous("HTTP " + answered.status());
        };
    }

    private static String word(String text) {
        String word = text.strip();
        return word.matches("[a-z_]{1,60}") ? word : "an answer that is none of Slack's";
    }

    private static @Nullable String text(Reply.Answered answered, String field) {
        String text = answered.json().path(field).asText("");
        return text.isEmpty() ? null : text;
    }
}
