package dev.tiphys.notifier.delivery.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.notifier.delivery.Chat.Answer;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the notifier makes of Slack's answers, as Slack documents them. */
class MeaningTest {
    private static final Duration SAID = Duration.ofSeconds(7);

    @Nested
    class TheWebApi {
        @Test
        void tellsWhereAMessageIs() {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("ok", true);

            assertThat(Meaning.ofApi(answered(200, json.put("channel", "C1").put("ts", "1.2"))))
                    .isEqualTo(new Answer.Done("C1", "1.2"));
        }

        @Test
        void asksForQuietForAsLongAsItSays() {
            assertThat(Meaning.ofApi(answered(429, MissingNode.getInstance()))).isEqualTo(new Answer.Limited(SAID));
            assertThat(Meaning.ofApi(error("ratelimited"))).isEqualTo(new Answer.Limited(SAID));
        }

        @ParameterizedTest
        @ValueSource(strings = {"not_in_channel", "channel_not_found", "is_archived", "never_heard_of"})
        void refusesOneMessage(String error) {
            assertThat(Meaning.ofApi(error(error))).isEqualTo(new Answer.Refused(error));
        }

        @ParameterizedTest
        @ValueSource(strings = {"invalid_auth", "token_revoked", "account_inactive", "missing_scope"})
        void doesNotTakeUsAtAll(String error) {
            assertThat(Meaning.ofApi(error(error))).isEqualTo(new Answer.Barred(error));
        }

        @ParameterizedTest
        @ValueSource(strings = {"msg_too_long", "invalid_blocks", "msg_blocks_too_long"})
        void mayTakeThePlainText(String error) {
            assertThat(Meaning.ofApi(error(error))).isEqualTo(new Answer.Malformed(error));
        }

        @ParameterizedTest
        @ValueSource(strings = {"message_not_found", "cant_update_message", "edit_window_closed"})
        void doesNotHaveTheCardAnyMore(String error) {
            assertThat(Meaning.ofApi(error(error))).isEqualTo(new Answer.Gone(error));
        }

        @ParameterizedTest
        @ValueSource(ints = {500, 502, 503, 504, 301})
        void mayHaveActedWhateverItAnswers(int status) {
            assertThat(Meaning.ofApi(answered(status, MissingNode.getInstance())))
                    .isEqualTo(new Answer.Ambiguous("HTTP " + status));
        }

        @ParameterizedTest
        @ValueSource(strings = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
        void mayHaveActedThoughItSaysThatItFailed(String error) {
            assertThat(Meaning.ofApi(error(error))).isEqualTo(new Answer.Ambiguous(error));
        }

        @Test
        void mayHaveActedIfItsAnswerIsNoneOfSlacks() {
            assertThat(Meaning.ofApi(answered(200, MissingNode.getInstance()))).isInstanceOf(Answer.Ambiguous.class);
        }

        @Test
        void mayHaveActedIfTheAnswerIsLostAndNotIfTheRequestNeverGotThere() {
            assertThat(Meaning.ofApi(new Reply.Lost("timeout"))).isEqualTo(new Answer.Ambiguous("timeout"));
            assertThat(Meaning.ofApi(new Reply.NeverSent("refused"))).isEqualTo(new Answer.NotSent("refused"));
        }

        @Test
        void isNotQuotedWhenWhatItSaysIsNoWordOfSlack() {
            assertThat(Meaning.ofApi(error("x".repeat(1_000))))
                    .isEqualTo(new Answer.Refused("an answer that is none of Slack's"));
        }

        private static Reply error(String error) {
            return answered(
                    200, JsonNodeFactory.instance.objectNode().put("ok", false).put("error", error));
        }
    }

    @Nested
    class AnIncomingWebhook {
        @ParameterizedTest
        @CsvSource({
            "400, user_not_found",
            "403, action_prohibited",
            "404, channel_not_found",
            "410, channel_is_archived",
        })
        void refusesOneMessageInWords(int status, String word) {
            assertThat(Meaning.ofWebhook(said(status, word))).isEqualTo(new Answer.Refused(word));
        }

        @Test
        void mayTakeThePlainText() {
            assertThat(Meaning.ofWebhook(said(400, "invalid_payload")))
                    .isEqualTo(new Answer.Malformed("invalid_payload"));
        }

        @Test
        void isGone() {
            assertThat(Meaning.ofWebhook(said(404, "no_service"))).isEqualTo(new Answer.Barred("no_service"));
        }

        @Test
        void asksForQuiet() {
            assertThat(Meaning.ofWebhook(said(429, "rate_limited"))).isEqualTo(new Answer.Limited(SAID));
        }

        @Test
        void mayHaveActedOnAServerError() {
            assertThat(Meaning.ofWebhook(said(503, "service_unavailable"))).isInstanceOf(Answer.Ambiguous.class);
        }

        @Test
        void isNotQuotedWhenItSaysWhatMayBeSecret() {
            assertThat(Meaning.ofWebhook(said(404, "no such path /services/T0/B0/secret")))
                    .isEqualTo(new Answer.Refused("an answer that is none of Slack's"));
        }

        private static Reply said(int status, String word) {
            return new Reply.Answered(status, MissingNode.getInstance(), word, SAID);
        }
    }

    private static Reply answered(int status, JsonNode json) {
        return new Reply.Answered(status, json, "", SAID);
    }
}
