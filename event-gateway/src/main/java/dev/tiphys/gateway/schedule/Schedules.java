package dev.tiphys.gateway.schedule;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.EventSource.Input;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Missed;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The schedules of the definitions.
 *
 * @param byKey those that can be followed
 * @param broken those that cannot
 * @param definitionsOffset the version of the definitions that they are from
 */
public record Schedules(Map<String, Schedule> byKey, List<Broken> broken, long definitionsOffset) {
    /** None, before the definitions are read. */
    static final Schedules NONE = new Schedules(Map.of(), List.of(), 0);

    public Schedules {
        byKey = Map.copyOf(byKey);
        broken = List.copyOf(broken);
    }

    /** A schedule that cannot be followed, and why. */
    record Broken(Schedule.Owner owner, String cron, String timeZone, Missed missed, String reason) {}

    /** {@return the schedules of these definitions} */
    public static Schedules of(Iterable<Definition> definitions, long definitionsOffset) {
        Reading reading = new Reading();
        Definition.ofKind(definitions, Pipeline.class).forEach(reading::read);
        Definition.ofKind(definitions, EventSource.class).forEach(reading::read);
        return new Schedules(reading.byKey, reading.broken, definitionsOffset);
    }

    private static final class Reading {
        private final Map<String, Schedule> byKey = new LinkedHashMap<>();
        private final List<Broken> broken = new ArrayList<>();

        private void read(Pipeline pipeline) {
            for (Trigger trigger : pipeline.on()) {
                if (trigger instanceof Trigger.Schedule(var cron, var zone, var missed, var jitter)) {
                    Schedule.Owner owner = new Schedule.Owner.OfPipeline(pipeline.name());
                    add(
                            owner,
                            cron,
                            zone,
                            missed,
                            () -> new Schedule(
                                    owner,
                                    cron,
                                    zone,
                                    new CronTimes(cron, zone),
                                    Exclusions.NONE,
                                    missed,
                                    null,
                                    jitter));
                }
            }
        }

        private void read(EventSource source) {
            for (EventSource.Event event : source.events()) {
                if (event.input() instanceof Input.Calendar calendar) {
                    String zone = calendar.timeZone();
                    Duration interval = calendar.interval();
                    String cron = interval == null ? String.valueOf(calendar.cron()) : "@every " + interval;
                    Missed missed = calendar.catchUp() == null ? Missed.SKIP : Missed.ALL;
                    Schedule.Owner owner = new Schedule.Owner.OfCalendar(source.name(), event.name(), event.metadata());
                    add(owner, cron, zone, missed, () -> {
                        Timetable times = interval == null ? new CronTimes(cron, zone) : new Timetable.Every(interval);
                        Exclusions exclusions = Exclusions.of(calendar.exclusions(), ZoneId.of(zone));
                        return new Schedule(
                                owner, cron, zone, times, exclusions, missed, calendar.catchUp(), Duration.ZERO);
                    });
                }
            }
        }

        private interface Making {
            Schedule make();
        }

        private void add(Schedule.Owner owner, String cron, String zone, Missed missed, Making making) {
            try {
                Schedule schedule = making.make();
                byKey.put(schedule.key(), schedule);
            } catch (IllegalArgumentException | DateTimeException e) {
                broken.add(new Broken(owner, cron, zone, missed, String.valueOf(e.getMessage())));
            }
        }
    }
}
