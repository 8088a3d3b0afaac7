package dev.tiphys.gateway.schedule;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.delivery.Sha256;
import dev.tiphys.gateway.intake.Arrival;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Makes the event of a tick: the same id whoever makes it, and however often. Pure. */
final class TickEvents {
    /** The type of a tick of a calendar of Argo's. */
    static final String CALENDAR = "calendar";

    private static final String SOURCE = "/tiphys/gateway/schedules/";
    /** As Go writes a time. */
    private static final DateTimeFormatter GO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xx zzz", Locale.ENGLISH);

    private TickEvents() {}

    /** {@return what is written onto the log for a tick that happens at {@code now}} */
    static Arrival of(Schedule schedule, Instant tick, Instant now, long definitionsOffset) {
        String delivery = delivery(schedule, tick);
        String id = Sha256.hex(delivery).substring(0, 32);
        ExternalEvent data = switch (schedule.owner()) {
            case Schedule.Owner.OfPipeline(var pipeline) ->
                new ExternalEvent(
                        pipeline,
                        null,
                        ExternalEvent.TICK,
                        delivery,
                        null,
                        Map.of(),
                        Map.of(
                                "pipeline", pipeline,
                                "cron", schedule.cron(),
                                "timeZone", schedule.timeZone(),
                                "scheduledAt", tick.toString()),
                        tree().put("scheduledAt", tick.toString()).put("eventTime", now.toString()));
            case Schedule.Owner.OfCalendar(var source, var event, var metadata) ->
                new ExternalEvent(
                        source,
                        event,
                        CALENDAR,
                        delivery,
                        null,
                        Map.of(),
                        Map.of("scheduledAt", tick.toString(), "timeZone", schedule.timeZone()),
                        payload(schedule, tick, metadata));
        };
        String name = schedule.owner().name();
        Causality causality = new Causality(null, null, null, definitionsOffset);
        return Arrival.of(name, new CloudEvent<>(id, SOURCE + name, data.type(), tick, causality, data));
    }

    /** {@return what names a tick} */
    static String delivery(Schedule schedule, Instant tick) {
        return schedule.key() + "@" + tick;
    }

    private static ObjectNode payload(Schedule schedule, Instant tick, Map<String, String> metadata) {
        ObjectNode payload = tree().put("eventTime", GO.format(tick.atZone(schedule.zone())));
        ObjectNode own = payload.putObject("metadata");
        metadata.forEach(own::put);
        return payload;
    }

    private static ObjectNode tree() {
        return JsonNodeFactory.instance.objectNode();
    }
}
