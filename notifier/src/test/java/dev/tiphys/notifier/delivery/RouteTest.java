package dev.tiphys.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.notifier.card.Message;
import dev.tiphys.notifier.card.MessageKind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RouteTest {
    private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
    private static final CardStanding NONE = new CardStanding.None();
    private static final CardStanding POSTED = new CardStanding.Posted("C1", "1.1");
    private static final CardStanding LOST = new CardStanding.Lost("nobody can look");
    private static final String KEY = "r-1/x/1@default";

    @Nested
    class ByToken {
        @Test
        void theCardIsPostedOnceUnderOneMarkThenEdited() {
            assertThat(token(MessageKind.CARD, false, NONE)).isEqualTo(new Route.Post(null, false, "r-1/card@default"));
            assertThat(token(MessageKind.CARD, false, POSTED)).isEqualTo(new Route.Edit("C1", "1.1"));
        }

        @Test
        void aLostCardIsNotEditedButTheEndIsTold() {
            assertThat(token(MessageKind.CARD, false, LOST)).isInstanceOf(Route.Withhold.class);
            assertThat(token(MessageKind.CARD, true, LOST)).isEqualTo(new Route.Post(null, false, KEY));
        }

        @Test
        void aReplyGoesToTheThreadOnceThereIsOne() {
            assertThat(token(MessageKind.FAILURE, false, POSTED)).isEqualTo(new Route.Post("1.1", false, KEY));
            assertThat(token(MessageKind.FAILURE, false, new CardStanding.Coming()))
                    .isInstanceOf(Route.Hold.class);
            assertThat(token(MessageKind.FAILURE, false, LOST)).isEqualTo(new Route.Post(null, false, KEY));
            assertThat(token(MessageKind.NOTICE, false, NONE)).isEqualTo(new Route.Post(null, false, KEY));
        }

        @Test
        void aNoticeWaitsForTheFactsOfItsRunButNotForEver() {
            Candidate early = new Candidate(entry(MessageKind.NOTICE, false), new CardStanding.RunUnknown());

            assertThat(Route.of(early, Workspace.Means.TOKEN, NOW)).isInstanceOf(Route.Hold.class);
            assertThat(Route.of(early, Workspace.Means.TOKEN, NOW.plusSeconds(31)))
                    .isEqualTo(new Route.Post(null, false, KEY));
        }
    }

    @Nested
    class ByWebhook {
        @Test
        void thereIsOneMessageAtTheStartAndOneAtTheEnd() {
            assertThat(webhook(MessageKind.CARD, false, NONE)).isInstanceOf(Route.Post.class);
            assertThat(webhook(MessageKind.CARD, false, new CardStanding.PostedBlind()))
                    .isInstanceOf(Route.Withhold.class);
            assertThat(webhook(MessageKind.CARD, true, new CardStanding.PostedBlind()))
                    .isEqualTo(new Route.Post(null, false, KEY));
        }

        @Test
        void thereIsOneForEachFailureButNoneForTheEndBesides() {
            assertThat(webhook(MessageKind.FAILURE, false, new CardStanding.PostedBlind()))
                    .isEqualTo(new Route.Post(null, false, KEY));
            assertThat(webhook(MessageKind.OUTCOME, false, new CardStanding.PostedBlind()))
                    .isInstanceOf(Route.Withhold.class);
        }
    }

    private static Route token(MessageKind kind, boolean last, CardStanding card) {
        return Route.of(new Candidate(entry(kind, last), card), Workspace.Means.TOKEN, NOW);
    }

    private static Route webhook(MessageKind kind, boolean last, CardStanding card) {
        return Route.of(new Candidate(entry(kind, last), card), Workspace.Means.WEBHOOK, NOW);
    }

    private static Entry entry(MessageKind kind, boolean last) {
        Message message = new Message("text", List.of());
        Lane lane = new Lane("default", "#deploys");
        return new Entry(1, 0, KEY, "r-1", kind, lane, last, false, message, false, Doubt.NONE, 0, NOW, NOW);
    }
}
