package dev.tiphys.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RosterTest {
    private final List<String> story = new ArrayList<>();
    private final Roster roster = new Roster(
            queue -> {
                story.add("open " + queue.name() + " " + queue.maxReceives());
                return () -> story.add("close " + queue.name() + " " + queue.maxReceives());
            },
            Runnable::run);

    private static Subscription queue(String name, int maxReceives) {
        Subscription one = World.sqs("q", null, null, maxReceives);
        return new Subscription(name, null, one.transport(), null, maxReceives, null);
    }

    @Test
    void restartsWhatChangedAndLeavesTheOthersAlone() {
        roster.follow(List.of(queue("a", 1)));
        roster.follow(List.of(queue("a", 1), queue("b", 1)));
        roster.follow(List.of(queue("a", 2), queue("b", 1)));
        roster.follow(List.of(queue("b", 1)));
        roster.close();
        roster.follow(List.of(queue("late", 1)));

        assertThat(story).containsExactly("open a 1", "open b 1", "close a 1", "open a 2", "close a 2", "close b 1");
    }
}
