package dev.tiphys.gateway.app;

import dev.tiphys.contracts.Topic;
import dev.tiphys.gateway.definitions.DefinitionDesk;
import dev.tiphys.gateway.definitions.DefinitionStore;
import dev.tiphys.gateway.definitions.Problems;
import dev.tiphys.gateway.delivery.EventOutbox;
import dev.tiphys.platform.expression.Expressions;
import dev.tiphys.platform.log.LogWriter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gives the cores what they work with. */
final class Wiring {

    @Produces
    @Singleton
    DefinitionDesk desk(DefinitionStore store, Expressions expressions) {
        return new DefinitionDesk(store, expressions::check);
    }

    @Produces
    @Singleton
    Problems problems() {
        return new Problems();
    }

    @Produces
    @Singleton
    EventOutbox outbox(
            LogWriter log,
            @ConfigProperty(name = "tiphys.gateway.hooks.max-under-way", defaultValue = "1000") int maxUnderWay,
            @ConfigProperty(name = "tiphys.gateway.hooks.remembered", defaultValue = "100000") int remembered) {
        return new EventOutbox(
                event -> log.append(Topic.EVENTS, event.data().endpoint(), event), maxUnderWay, remembered);
    }
}
