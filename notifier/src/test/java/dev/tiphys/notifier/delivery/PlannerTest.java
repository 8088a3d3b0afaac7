package dev.tiphys.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.notifier.Story;
import dev.tiphys.notifier.card.MessageKind;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final Standing NOTHING = new Standing(null, null, List.of());

    @Test
    void aBacklogShowsTheFinalStateAndNotTheHistory() {
        Plan plan = Planner.onFacts(NOTHING, Story.of("r-1").succeeds().facts());

        List<Plan.Addition> toSend = plan.additions().stream()
                .filter(addition -> addition.suppressed() == null)
                .toList();
        assertThat(toSend).singleElement().satisfies(card -> {
            assertThat(card.kind()).isEqualTo(MessageKind.CARD);
            assertThat(card.last()).isTrue();
            assertThat(card.message().text()).isEqualTo("shop-delivery succeeded");
        });
        assertThat(plan.additions().stream().map(Plan.Addition::suppressed).filter(Objects::nonNull))
                .hasSizeGreaterThan(5)
                .containsOnly("a newer state of the card took its place");
    }

    @Test
    void aWaitingCardGivesWayToANewerState() {
        List<Standing.Waiting> waiting = List.of(new Standing.Waiting("r-1/card/1@default", MessageKind.CARD, ""));
        Story story = Story.of("r-1").created().started();
        Plan first = Planner.onFacts(NOTHING, story.facts().subList(0, 1));

        Plan second = Planner.onFacts(
                new Standing(first.picture(), first.cardDigest(), waiting),
                story.facts().subList(1, 2));

        assertThat(second.withdrawals()).containsOnlyKeys("r-1/card/1@default");
        assertThat(second.additions()).extracting(Plan.Addition::key).containsExactly("r-1/card/2@default");
    }

    @Test
    void aFactThatArrivesAgainChangesNothing() {
        Story story = Story.of("r-1").testFails();
        Plan first = Planner.onFacts(NOTHING, story.facts());

        Plan second = Planner.onFacts(new Standing(first.picture(), first.cardDigest(), List.of()), story.facts());

        assertThat(second.additions()).isEmpty();
        assertThat(second.picture()).isEqualTo(first.picture());
    }

    @Test
    void nobodyIsToldWhenNobodyAsked() {
        Plan plan = Planner.onFacts(NOTHING, Story.of("r-1", null).testFails().facts());

        assertThat(plan.additions()).isEmpty();
        assertThat(plan.picture()).isNotNull();
    }
}
