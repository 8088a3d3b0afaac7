package dev.tiphys.engine.run.store;

import dev.tiphys.contracts.run.RunState;
import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Incarnation;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.RunRules;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.agroal.DataSource;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Makes the runs of the service. */
final class StoreBeans {

    @Produces
    @Singleton
    PostgresRuns runs(
            @DataSource("engine") AgroalDataSource source,
            RunRules rules,
            Libraries libraries,
            Clock clock,
            Incarnation incarnation,
            @Any Instance<Aftermath> aftermath,
            MeterRegistry registry,
            @ConfigProperty(name = "tiphys.engine.lanes", defaultValue = "2") int lanes) {
        // Those who hear of effects hand in inputs in turn: they are looked up when the first effect happens.
        AtomicReference<@Nullable List<Aftermath>> found = new AtomicReference<>();
        return new PostgresRuns(
                source,
                rules,
                libraries,
                clock,
                incarnation.owner(),
                lanes,
                () -> {
                    List<Aftermath> known = found.get();
                    if (known == null) {
                        known = aftermath.stream().toList();
                        found.set(known);
                    }
                    return known;
                },
                metrics(registry));
    }

    void close(@Disposes PostgresRuns runs) {
        runs.close();
    }

    private static LaneMetrics metrics(MeterRegistry registry) {
        Timer transitions = Timer.builder("tiphys.engine.transition")
                .description("from taking inputs to having them durable, for a batch")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        return new LaneMetrics() {
            @Override
            public void written(int inputs, Duration took) {
                transitions.record(took);
                registry.counter("tiphys.engine.inputs").increment(inputs);
            }

            @Override
            public void started() {
                registry.counter("tiphys.engine.runs.started").increment();
            }

            @Override
            public void finished(RunState state) {
                registry.counter("tiphys.engine.runs.finished", "state", state.word())
                        .increment();
            }

            @Override
            public void refused(String why) {
                registry.counter("tiphys.engine.inputs.refused", "why", why).increment();
            }
        };
    }
}
