package dev.tiphys.gateway.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Pipeline.Missed;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TicksTest {
    private static final Instant HANDLED = at("06:00");

    private static Instant at(String time) {
        return Instant.parse("2026-03-02T" + time + ":00Z");
    }

    private static Schedule every(String cron, Missed missed, @Nullable Duration catchUp, Duration jitter) {
        return new Schedule(
                new Schedule.Owner.OfPipeline("p"),
                cron,
                "UTC",
                new CronTimes(cron, "UTC"),
                Exclusions.NONE,
                missed,
                catchUp,
                jitter);
    }

    private static Schedule hourly(Missed missed) {
        return every("0 * * * *", missed, null, Duration.ZERO);
    }

    @Nested
    class WhatWasDueWhileSomebodyWasUp {
        @Test
        void firesHoweverLateAndWhateverThePolicy() {
            for (Missed missed : Missed.values()) {
                assertThat(Ticks.due(hourly(missed), HANDLED, at("06:30"), at("08:59")))
                        .isEqualTo(new Ticks.Due(List.of(at("07:00"), at("08:00")), at("08:00"), null));
            }
        }

        @Test
        void isNothingBeforeItsTime() {
            assertThat(Ticks.due(hourly(Missed.ALL), HANDLED, HANDLED, at("06:59")))
                    .isEqualTo(new Ticks.Due(List.of(), HANDLED, null));
            assertThat(Ticks.due(hourly(Missed.ALL), HANDLED, HANDLED, at("05:00"))
                            .ticks())
                    .isEmpty();
        }

        @Test
        void isDueAtItsVeryMoment() {
            assertThat(Ticks.due(hourly(Missed.ALL), HANDLED, HANDLED, at("07:00"))
                            .ticks())
                    .containsExactly(at("07:00"));
        }
    }

    @Nested
    class WhatWasMissed {
        private final Instant up = at("09:30");

        @Test
        void isLeftOutAndSaidWhereItIsToBeSkipped() {
            assertThat(Ticks.due(hourly(Missed.SKIP), HANDLED, up, at("10:00")))
                    .isEqualTo(new Ticks.Due(
                            List.of(at("10:00")), at("10:00"), new Ticks.LeftOut(at("07:00"), at("09:00"), 3)));
        }

        @Test
        void isNotMissedWhereARestartTookAMoment() {
            assertThat(Ticks.due(hourly(Missed.SKIP), HANDLED, at("07:01"), at("07:30"))
                            .ticks())
                    .containsExactly(at("07:00"));
        }

        @Test
        void firesOnceWhereTheLatestCounts() {
            assertThat(Ticks.due(hourly(Missed.LATEST), HANDLED, up, at("09:31")))
                    .isEqualTo(new Ticks.Due(
                            List.of(at("09:00")), at("09:00"), new Ticks.LeftOut(at("07:00"), at("08:00"), 2)));
        }

        @Test
        void firesWhollyWhereAllCount() {
            assertThat(Ticks.due(hourly(Missed.ALL), HANDLED, up, at("09:31")))
                    .isEqualTo(new Ticks.Due(List.of(at("07:00"), at("08:00"), at("09:00")), at("09:00"), null));
        }

        @Test
        void firesAsFarBackAsIsCaughtUp() {
            Schedule schedule = every("0 * * * *", Missed.ALL, Duration.ofMinutes(95), Duration.ZERO);

            assertThat(Ticks.due(schedule, HANDLED, up, at("09:31")))
                    .isEqualTo(new Ticks.Due(
                            List.of(at("08:00"), at("09:00")),
                            at("09:00"),
                            new Ticks.LeftOut(at("07:00"), at("07:00"), 1)));
        }

        @Test
        void isBoundedToTheNewestHundred() {
            Schedule schedule = every("* * * * *", Missed.ALL, null, Duration.ZERO);
            Instant now = HANDLED.plus(Duration.ofDays(400));

            Ticks.Due due = Ticks.due(schedule, HANDLED, now, now);

            assertThat(due.ticks()).hasSize(100).last().isEqualTo(now);
            assertThat(due.leftOut())
                    .isEqualTo(new Ticks.LeftOut(HANDLED.plusSeconds(60), now.minus(Duration.ofMinutes(100)), null));
        }

        @Test
        void isFoundHoweverRare() {
            Schedule schedule = every("0 0 1 1 *", Missed.LATEST, null, Duration.ZERO);
            Instant now = Instant.parse("2027-06-01T00:00:00Z");

            assertThat(Ticks.due(schedule, HANDLED, now, now).ticks())
                    .containsExactly(Instant.parse("2027-01-01T00:00:00Z"));
        }
    }

    @Nested
    class Jitter {
        private final Schedule schedule = every("0 * * * *", Missed.ALL, null, Duration.ofMinutes(30));

        @Test
        void putsATickOffByTheSameAlwaysAndNeverByMore() {
            Instant tick = HANDLED;
            java.util.Set<Duration> delays = new java.util.HashSet<>();
            for (int i = 0; i < 50; i++) {
                tick = schedule.after(tick).orElseThrow();
                Duration delay = Duration.between(tick, schedule.happens(tick));
                assertThat(delay).isBetween(Duration.ZERO, Duration.ofMinutes(30));
                assertThat(schedule.happens(tick)).isEqualTo(schedule.happens(tick));
                delays.add(delay);
            }

            assertThat(delays).hasSizeGreaterThan(40);
        }

        @Test
        void holdsATickBackUntilItsMoment() {
            Instant happens = schedule.happens(at("07:00"));

            assertThat(Ticks.next(schedule, HANDLED)).contains(happens);
            assertThat(Ticks.due(schedule, HANDLED, HANDLED, happens.minusMillis(1))
                            .ticks())
                    .isEmpty();
            assertThat(Ticks.due(schedule, HANDLED, HANDLED, happens).ticks()).containsExactly(at("07:00"));
        }
    }

    @Nested
    class Excluded {
        private Schedule except(String... lines) {
            return new Schedule(
                    new Schedule.Owner.OfCalendar("s", "e", java.util.Map.of()),
                    "0 * * * *",
                    "Europe/Vienna",
                    new CronTimes("0 * * * *", "Europe/Vienna"),
                    Exclusions.of(List.of(lines), ZoneId.of("Europe/Vienna")),
                    Missed.SKIP,
                    null,
                    Duration.ZERO);
        }

        @Test
        void momentsAndDaysHaveNoTick() {
            assertThat(except("EXDATE:20260302T070000Z,20260302T080000Z").after(HANDLED))
                    .contains(at("09:00"));
            assertThat(except("EXDATE;TZID=America/New_York:20260302T020000").after(HANDLED))
                    .contains(at("08:00"));
            assertThat(except("EXDATE;VALUE=DATE:20260302").after(HANDLED)).contains(at("23:00"));
        }

        @Test
        void whatCannotBeReadIsSaid() {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> except("EXRULE:FREQ=DAILY"))
                    .hasMessageContaining("EXRULE:FREQ=DAILY");
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> except("EXDATE:tomorrow"))
                    .hasMessageContaining("EXDATE:tomorrow");
        }
    }

    @Test
    void anIntervalHasTheSameTimesForEverybody() {
        Timetable times = new Timetable.Every(Duration.ofMinutes(20));

        assertThat(times.after(at("06:05"))).contains(at("06:20"));
        assertThat(times.after(at("06:20"))).contains(at("06:40"));
    }
}
