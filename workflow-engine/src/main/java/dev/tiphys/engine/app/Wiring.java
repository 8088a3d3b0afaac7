package dev.tiphys.engine.app;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.engine.run.Charters;
import dev.tiphys.engine.run.Incarnation;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.RunRules;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.trigger.Arrivals;
import dev.tiphys.engine.trigger.ChangedPaths;
import dev.tiphys.engine.trigger.EventLog;
import dev.tiphys.engine.trigger.TriggerRules;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsBehind;
import dev.tiphys.platform.definitions.DefinitionsSnapshot;
import dev.tiphys.platform.expression.Expressions;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Makes what the cores are given. */
final class Wiring {

    @Produces
    @Singleton
    Incarnation incarnation(@ConfigProperty(name = "tiphys.instance", defaultValue = "local") String instance) {
        return new Incarnation(instance, UUID.randomUUID().toString());
    }

    @Produces
    @Singleton
    RunRules rules(Expressions expressions) {
        return new RunRules(expressions);
    }

    @Produces
    @Singleton
    Charters charters(Expressions expressions) {
        return new Charters(expressions);
    }

    @Produces
    @Singleton
    Arrivals arrivals(
            EventLog log, Runs runs, Charters charters, Expressions expressions, ChangedPaths paths, Clock clock) {
        return new Arrivals(log, runs, charters, new TriggerRules(expressions), paths, clock);
    }

    @Produces
    @Singleton
    Libraries libraries(Definitions definitions) {
        return new Libraries() {
            @Override
            public Library now() {
                return new Shelf(definitions.current());
            }

            @Override
            public Library atLeast(@Nullable Long version, Duration patience) throws InterruptedException, Behind {
                try {
                    return new Shelf(definitions.atLeast(version, patience));
                } catch (DefinitionsBehind e) {
                    throw new Behind(String.valueOf(e.getMessage()), e);
                }
            }
        };
    }

    private record Shelf(DefinitionsSnapshot snapshot) implements Library {
        @Override
        public <T extends Definition> Optional<T> find(Class<T> kind, String name) {
            return snapshot.find(kind, name);
        }

        @Override
        public <T extends Definition> List<T> ofKind(Class<T> kind) {
            return snapshot.ofKind(kind);
        }
    }
}
