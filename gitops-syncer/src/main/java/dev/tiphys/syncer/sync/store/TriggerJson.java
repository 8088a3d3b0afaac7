package dev.tiphys.syncer.sync.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tiphys.syncer.sync.Trigger;

/** How a trigger is told from another in JSON; the core knows nothing of it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Trigger.Pipeline.class, name = "pipeline"),
    @JsonSubTypes.Type(value = Trigger.Person.class, name = "person"),
    @JsonSubTypes.Type(value = Trigger.Automatic.class, name = "automatic"),
    @JsonSubTypes.Type(value = Trigger.SelfHeal.class, name = "self-heal")
})
interface TriggerJson {}
