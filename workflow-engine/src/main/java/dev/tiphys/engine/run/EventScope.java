package dev.tiphys.engine.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;

/** What expressions see as {@code event}: the same in a trigger's condition and in the run that it starts. */
public final class EventScope {
    private EventScope() {}

    /** {@return {@code event} itself} Headers are named in lower case; {@code git} and {@code name} are there if the event has them. */
    public static ObjectNode of(CloudEvent<ExternalEvent> event) {
        ExternalEvent data = event.data();
        GitChange git = data.git();
        ObjectNode scope = Json.mapper().createObjectNode();
        scope.put("id", event.id());
        scope.put("time", event.time().toString());
        scope.put("source", data.endpoint());
        scope.put("endpoint", data.endpoint());
        if (data.name() != null) {
            scope.put("name", data.name());
        }
        scope.put("type", data.type());
        if (git != null) {
            scope.set("git", Json.tree(git));
        }
        scope.set("body", data.body());
        scope.set("headers", Json.tree(data.headers()));
        scope.set("attributes", Json.tree(data.attributes()));
        return scope;
    }
}
