package dev.tiphys.gateway.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EventOutboxTest {
    private final List<CompletableFuture<Void>> sent = new ArrayList<>();
    private final EventOutbox outbox = new EventOutbox(
            event -> {
                CompletableFuture<Void> outcome = new CompletableFuture<>();
                sent.add(outcome);
                return outcome;
            },
            2,
            3);

    @Test
    void anEventIsPublishedOnce() {
        CompletableFuture<Void> first = publish("a");
        assertThat(first).isNotDone();

        sent.getFirst().complete(null);

        assertThat(first).isCompleted();
        assertThat(publish("a")).isCompleted();
        assertThat(sent).hasSize(1);
    }

    @Test
    void aTwinThatIsUnderWaySharesTheOutcome() {
        publish("a");
        CompletableFuture<Void> twin = publish("a");

        assertThat(twin).isNotDone();
        sent.getFirst().complete(null);

        assertThat(twin).isCompleted();
        assertThat(sent).hasSize(1);
    }

    @Test
    void afterAFailureItIsPublishedAgain() {
        CompletableFuture<Void> first = publish("a");
        sent.getFirst().completeExceptionally(new IllegalStateException("broker away"));

        assertThat(first).isCompletedExceptionally();
        assertThat(publish("a")).isNotDone();
        assertThat(sent).hasSize(2);
    }

    @Test
    void whatIsUnderWayIsBounded() {
        publish("a");
        publish("b");

        assertThat(publish("c")).isCompletedExceptionally();
        sent.getFirst().complete(null);
        assertThat(publish("c")).isNotDone();
    }

    @Test
    void whatIsRememberedIsBounded() {
        for (String id : List.of("a", "b", "c", "d")) {
            publish(id);
            sent.getLast().complete(null);
        }

        publish("d");
        assertThat(sent).hasSize(4);
        publish("a");
        assertThat(sent).hasSize(5);
    }

    private CompletableFuture<Void> publish(String id) {
        return outbox.publish(new CloudEvent<>(
                        id,
                        "/tiphys/gateway/shop",
                        null,
                        Examples.NOW,
                        Causality.NONE,
                        new ExternalEvent("shop", "push", id, null, Map.of(), NullNode.instance)))
                .toCompletableFuture();
    }
}
