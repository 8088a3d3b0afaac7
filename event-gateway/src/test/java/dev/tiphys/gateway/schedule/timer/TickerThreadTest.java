package dev.tiphys.gateway.schedule.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.gateway.schedule.Marks;
import dev.tiphys.gateway.schedule.Ticker;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsSnapshot;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TickerThreadTest {
    private static final String EVERY_SECOND = """
            apiVersion: argoproj.io/v1alpha1
            kind: EventSource
            metadata: {name: clock}
            spec: {calendar: {second: {interval: 1s}}}
            """;

    @Test
    void endsSoonThoughABrokerThatIsAwayHasATick() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        Ticker ticker = new Ticker(
                new MarksInMemory(),
                _ -> {
                    asked.countDown();
                    return new CompletableFuture<>();
                },
                _ -> {},
                Clock.systemUTC(),
                Duration.ofMinutes(5));
        TickerThread thread = new TickerThread(ticker, new Fixed(), Clock.systemUTC());
        thread.start(new StartupEvent());
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

        long begun = System.nanoTime();
        thread.stop(new ShutdownEvent());

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    }

    private static final class Fixed implements Definitions {
        private final DefinitionsSnapshot snapshot = DefinitionsSnapshot.of(
                1,
                List.<StoredDefinition>of(DefinitionReader.read(null, EVERY_SECOND)
                        .documents()
                        .getFirst()
                        .stored()));

        @Override
        public DefinitionsSnapshot current() {
            return snapshot;
        }

        @Override
        public DefinitionsSnapshot atLeast(@Nullable Long offset, Duration patience) {
            return snapshot;
        }

        @Override
        public void onChange(Consumer<DefinitionsSnapshot> listener) {
            listener.accept(snapshot);
        }
    }

    private static final class MarksInMemory implements Marks {
        private final Map<String, Mark> all = new ConcurrentHashMap<>();

        @Override
        public void keep(Map<String, Instant> firstSeen, long version) {
            firstSeen.forEach((key, seen) -> all.putIfAbsent(key, new Mark(seen, null)));
        }

        @Override
        public Map<String, Mark> all() {
            return Map.copyOf(all);
        }

        @Override
        public Map<String, Mark> take(Collection<String> keys, UnaryOperator<Map<String, Mark>> work) {
            Map<String, Mark> moved = work.apply(Map.copyOf(all));
            all.putAll(moved);
            return moved;
        }
    }
}
