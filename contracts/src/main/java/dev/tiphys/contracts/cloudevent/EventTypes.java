package dev.tiphys.contracts.cloudevent;

import dev.tiphys.contracts.audit.ActionTaken;
import dev.tiphys.contracts.audit.DeadLettered;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.notice.MessageOutcome;
import dev.tiphys.contracts.notice.NoticeRequested;
import dev.tiphys.contracts.payload.EventType;
import dev.tiphys.contracts.payload.Payload;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.sync.ApplicationStatus;
import dev.tiphys.contracts.sync.SyncCommand;
import dev.tiphys.contracts.sync.SyncFact;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which payload stands behind which CloudEvents type, the whole vocabulary of the log. */
public final class EventTypes {
    private static final Map<String, Class<? extends Payload>> BY_TYPE = new LinkedHashMap<>();

    static {
        List.of(
                        ExternalEvent.class,
                        StoredDefinition.class,
                        RunFact.class,
                        SyncCommand.class,
                        SyncFact.class,
                        ApplicationStatus.class,
                        NoticeRequested.class,
                        MessageOutcome.class,
                        ActionTaken.class,
                        DeadLettered.class)
                .forEach(EventTypes::register);
    }

    private EventTypes() {}

    /** {@return all types with their payload classes, by type} */
    public static Map<String, Class<? extends Payload>> all() {
        return Map.copyOf(BY_TYPE);
    }

    /** {@return the payload class of a type; empty for a type that this version does not know} */
    public static Optional<Class<? extends Payload>> classOf(String type) {
        return Optional.ofNullable(BY_TYPE.get(type));
    }

    /** {@return the CloudEvents type of a payload class} */
    public static String typeOf(Class<? extends Payload> payload) {
        EventType type = payload.getAnnotation(EventType.class);
        if (type == null) {
            throw new IllegalArgumentException(payload.getName() + " carries no @EventType");
        }
        return type.value();
    }

    private static void register(Class<? extends Payload> payload) {
        if (payload.isSealed()) {
            for (Class<?> permitted : payload.getPermittedSubclasses()) {
                register(permitted.asSubclass(Payload.class));
            }
            return;
        }
        Class<? extends Payload> twin = BY_TYPE.put(typeOf(payload), payload);
        if (twin != null) {
            throw new IllegalStateException(twin.getName() + " and " + payload.getName() + " share a type");
        }
    }
}
