package dev.tiphys.gateway.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.EventSource;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Missed;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.intake.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    private static final Instant TICK = Instant.parse("2026-03-02T05:30:00Z");
    private static final Instant NOW = Instant.parse("2026-03-02T05:30:01Z");

    private static Definition pipeline(String cron) {
        return new Pipeline(
                new DefinitionKey("Pipeline", "default", "nightly"),
                List.of(new Trigger.Schedule(cron, "Europe/Vienna", Missed.LATEST, Duration.ZERO)),
                null,
                null,
                Map.of(),
                List.of(),
                List.of());
    }

    private static Definition calendar(EventSource.Input.Calendar calendar) {
        return new EventSource(
                new DefinitionKey("EventSource", "argo", "calendars"),
                List.of(new EventSource.Event("daily", "calendar", calendar, null, Map.of("hello", "world"))));
    }

    private static Schedule only(Definition definition) {
        return Schedules.of(List.of(definition), 7).byKey().values().iterator().next();
    }

    @Test
    void aTickOfAPipelineCarriesItsTimesAndTheSameIdWhoeverMakesIt() {
        Schedule schedule = only(pipeline("30 6 * * MON-FRI"));

        Arrival arrival = TickEvents.of(schedule, TICK, NOW, 7);

        CloudEvent<ExternalEvent> event = arrival.events().getFirst().event();
        assertThat(arrival.events().getFirst().topicKey()).isEqualTo("nightly");
        assertThat(event.time()).isEqualTo(TICK);
        assertThat(event.causality().definitionsOffset()).isEqualTo(7);
        assertThat(event.id())
                .isEqualTo(TickEvents.of(schedule, TICK, NOW.plusSeconds(60), 8).key())
                .isNotEqualTo(
                        TickEvents.of(schedule, TICK.plusSeconds(60), NOW, 7).key());
        ExternalEvent data = event.data();
        assertThat(data.endpoint()).isEqualTo("nightly");
        assertThat(data.name()).isNull();
        assertThat(data.type()).isEqualTo("tick");
        assertThat(data.delivery()).isEqualTo("pipeline/nightly/Europe/Vienna/30 6 * * MON-FRI@2026-03-02T05:30:00Z");
        assertThat(data.attributes())
                .isEqualTo(Map.of(
                        "pipeline", "nightly",
                        "cron", "30 6 * * MON-FRI",
                        "timeZone", "Europe/Vienna",
                        "scheduledAt", "2026-03-02T05:30:00Z"));
        assertThat(data.body())
                .hasToString("{\"scheduledAt\":\"2026-03-02T05:30:00Z\",\"eventTime\":\"2026-03-02T05:30:01Z\"}");
    }

    @Test
    void aTickOfACalendarCarriesArgosPayload() {
        Schedule schedule = only(calendar(
                new EventSource.Input.Calendar("30 6 * * *", null, "Europe/Vienna", Duration.ofHours(1), List.of())));

        ExternalEvent data = TickEvents.of(schedule, TICK, NOW, 7)
                .events()
                .getFirst()
                .event()
                .data();

        assertThat(schedule.missed()).isEqualTo(Missed.ALL);
        assertThat(data.endpoint()).isEqualTo("calendars");
        assertThat(data.name()).isEqualTo("daily");
        assertThat(data.type()).isEqualTo("calendar");
        assertThat(data.body())
                .hasToString("{\"eventTime\":\"2026-03-02 06:30:00 +0100 CET\",\"metadata\":{\"hello\":\"world\"}}");
    }

    @Test
    void aCalendarWithoutCatchUpSkipsWhatItMissed() {
        Schedule schedule =
                only(calendar(new EventSource.Input.Calendar(null, Duration.ofMinutes(5), "UTC", null, List.of())));

        assertThat(schedule.missed()).isEqualTo(Missed.SKIP);
        assertThat(schedule.after(TICK)).contains(TICK.plusSeconds(300));
    }

    @Test
    void aDenseScheduleGoesOnAfterDaysThatAreLeftOut() {
        Schedule schedule = only(calendar(new EventSource.Input.Calendar(
                null,
                Duration.ofSeconds(1),
                "Europe/Vienna",
                null,
                List.of("EXDATE;VALUE=DATE:20260302,20260303", "EXDATE:20260303T230000Z"))));

        assertThat(schedule.after(TICK)).contains(Instant.parse("2026-03-03T23:00:01Z"));
        assertThat(schedule.after(Instant.parse("2026-03-01T22:59:58Z")))
                .contains(Instant.parse("2026-03-01T22:59:59Z"));
    }

    @Test
    void whatCannotBeFollowedIsListedWithItsReasonAndStopsNothingElse() {
        Schedules schedules = Schedules.of(
                List.of(
                        pipeline("61 * * * *"),
                        calendar(new EventSource.Input.Calendar(
                                "0 * * * *", null, "UTC", null, List.of("EXRULE:FREQ=DAILY"))),
                        calendar(new EventSource.Input.Calendar("0 * * * *", null, "Nowhere/City", null, List.of())),
                        calendar(new EventSource.Input.Calendar("0 5 * * *", null, "UTC", null, List.of()))),
                7);

        assertThat(schedules.byKey()).containsOnlyKeys("calendar/calendars/daily/UTC/0 5 * * *");
        assertThat(schedules.broken())
                .extracting(Schedules.Broken::reason)
                .satisfiesExactly(
                        cron -> assertThat(cron).contains("61 * * * *"),
                        exclusion -> assertThat(exclusion).contains("EXRULE:FREQ=DAILY"),
                        zone -> assertThat(zone).contains("Nowhere/City"));
    }
}
