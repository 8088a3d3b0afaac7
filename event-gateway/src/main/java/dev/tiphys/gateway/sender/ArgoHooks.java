package dev.tiphys.gateway.sender;

import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.EventSource.Event;
import dev.tiphys.contracts.definition.EventSource.Input.Hook;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.filter.ArgoFilter;
import dev.tiphys.gateway.proof.Proof;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The endpoints of an EventSource: two addresses for each hook, by its event's name and by the path that Argo gave it. */
final class ArgoHooks {
    private ArgoHooks() {}

    static Map<String, Endpoint> endpoints(EventSource source, Senders.Terms terms) {
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        for (Event event : source.events()) {
            if (event.input() instanceof Hook hook) {
                Endpoint named = endpoint(source, event, hook, terms);
                if (!hook.path().isEmpty()) {
                    String path = source.name() + hook.path();
                    endpoints.put(path, renamed(named, path));
                }
                // An event's own name wins over another one's path.
                endpoints.put(named.name(), named);
            }
        }
        return endpoints;
    }

    private static Endpoint endpoint(EventSource source, Event event, Hook hook, Senders.Terms terms) {
        String name = source.name() + "/" + event.name();
        return Senders.made(name, source.name(), event.type(), () -> of(name, source, event, hook, terms));
    }

    private static Endpoint of(String name, EventSource source, Event event, Hook hook, Senders.Terms terms) {
        Proof proof = Proof.of(hook.verification(), terms.openness());
        ArgoFilter filter = ArgoFilter.of(event.filter(), terms.expressions());
        return new Endpoint(
                name,
                source.name(),
                event.type(),
                proof.credentials(),
                proof.verifier(),
                new ArgoHookMapper(event, hook, proof.verifier(), filter),
                Set.of(hook.method()),
                hook.limits());
    }

    private static Endpoint renamed(Endpoint endpoint, String name) {
        return new Endpoint(
                name,
                endpoint.owner(),
                endpoint.sender(),
                endpoint.credentials(),
                endpoint.verifier(),
                endpoint.mapper(),
                endpoint.methods(),
                endpoint.limits());
    }
}
