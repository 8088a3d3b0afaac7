package dev.tiphys.gateway.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTimesTest {

    private static List<String> ticks(String cron, String zone, String after, int count) {
        CronTimes times = new CronTimes(cron, zone);
        List<String> ticks = new ArrayList<>();
        Optional<Instant> tick = times.after(Instant.parse(after + ":00Z"));
        while (tick.isPresent() && ticks.size() < count) {
            ticks.add(tick.get().toString().replace(":00Z", ""));
            tick = times.after(tick.get());
        }
        return ticks;
    }

    @ParameterizedTest(name = "{0} in {1}: {4}")
    @CsvSource(delimiter = '|', textBlock = """
            30 6 * * MON-FRI | Europe/Vienna       | 2026-03-27T06:00 | 2026-03-30T04:30 2026-03-31T04:30                  | on working days, by the clocks there
            0 0 29 2 *       | UTC                 | 2026-01-01T00:00 | 2028-02-29T00:00 2032-02-29T00:00                  | on leap days
            0 0 29 2 *       | Europe/Vienna       | 2026-01-01T00:00 | 2028-02-28T23:00 2032-02-28T23:00                  | on leap days, past changes of the clocks
            0 0 13 * 5       | UTC                 | 2026-01-08T12:00 | 2026-01-09T00:00 2026-01-13T00:00 2026-01-16T00:00 | on the 13th and on Fridays, as cron does
            0 12 * * 7       | UTC                 | 2026-01-01T00:00 | 2026-01-04T12:00                                   | on Sundays
            0 0 30 2 *       | Europe/Vienna       | 2026-01-01T00:00 |                                                    | never
            30 2 * * *       | UTC                 | 2026-03-28T12:00 | 2026-03-29T02:30 2026-03-30T02:30                  | daily where no clock changes
            30 2 * * *       | Europe/Vienna       | 2026-03-28T12:00 | 2026-03-29T01:00 2026-03-30T00:30                  | left out: at the end of the gap
            0,30 2 * * *     | Europe/Vienna       | 2026-03-28T12:00 | 2026-03-29T01:00 2026-03-30T00:00                  | two left out: once
            */15 2 * * *     | Europe/Vienna       | 2026-03-28T12:00 | 2026-03-29T01:00 2026-03-30T00:00                  | a whole hour left out: once
            0 2,3 * * *      | Europe/Vienna       | 2026-03-28T12:00 | 2026-03-29T01:00 2026-03-30T00:00 2026-03-30T01:00 | left out where another is: once
            0 3 * * *        | Europe/Vienna       | 2026-03-28T12:00 | 2026-03-29T01:00 2026-03-30T01:00                  | just after the gap
            */15 * * * *     | Europe/Vienna       | 2026-03-29T00:30 | 2026-03-29T00:45 2026-03-29T01:00 2026-03-29T01:15 | an interval goes on over the gap
            30 * * * *       | Europe/Vienna       | 2026-03-29T00:00 | 2026-03-29T00:30 2026-03-29T01:30                  | every hour that is there
            30 2 * * *       | Europe/Vienna       | 2026-10-24T12:00 | 2026-10-25T00:30 2026-10-26T01:30                  | shown twice: the first time
            0 2 * * *        | Europe/Vienna       | 2026-10-24T12:00 | 2026-10-25T00:00 2026-10-26T01:00                  | at the beginning of what is shown twice
            0 3 * * *        | Europe/Vienna       | 2026-10-24T12:00 | 2026-10-25T02:00 2026-10-26T02:00                  | at the end of what is shown twice
            30 2 * * *       | Europe/Vienna       | 2026-10-25T01:15 | 2026-10-26T01:30                                   | asked while it is shown again
            */30 * * * *     | Europe/Vienna       | 2026-10-24T23:45 | 2026-10-25T00:00 2026-10-25T00:30 2026-10-25T01:00 2026-10-25T01:30 2026-10-25T02:00 | an interval goes on
            30 * * * *       | Europe/Vienna       | 2026-10-25T00:00 | 2026-10-25T00:30 2026-10-25T01:30 2026-10-25T02:30 | every hour, also the one that comes twice
            30 2 * * *       | America/New_York    | 2026-03-07T12:00 | 2026-03-08T07:00 2026-03-09T06:30                  | left out
            30 1 * * *       | America/New_York    | 2026-10-31T12:00 | 2026-11-01T05:30 2026-11-02T06:30                  | shown twice
            15 2 * * *       | Australia/Lord_Howe | 2026-10-03T00:00 | 2026-10-03T15:30 2026-10-04T15:15                  | half an hour left out
            45 1 * * *       | Australia/Lord_Howe | 2026-04-04T00:00 | 2026-04-04T14:45 2026-04-05T15:15                  | half an hour shown twice
            */15 * * * *     | Australia/Lord_Howe | 2026-04-04T14:30 | 2026-04-04T14:45 2026-04-04T15:00 2026-04-04T15:15 2026-04-04T15:30 | an interval goes on
            45 * * * *       | Australia/Lord_Howe | 2026-04-04T14:30 | 2026-04-04T14:45 2026-04-04T15:15 2026-04-04T16:15 | every showing
            """)
    void comesAsTheClocksShow(String cron, String zone, String after, String expected, String why) {
        List<String> wanted = expected == null ? List.of() : List.of(expected.split(" "));

        assertThat(ticks(cron, zone, after, Math.max(1, wanted.size()))).as(why).isEqualTo(wanted);
    }

    @Test
    void neverComesTwiceAtOnceNorBackwardsInAnyZone() {
        for (String zone : List.of("Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")) {
            for (String cron : List.of("*/30 * * * *", "15 1-3 * * *", "0 */2 * * *", "45 2 * * *")) {
                List<String> ticks = ticks(cron, zone, "2026-01-01T00:00", 400);

                assertThat(ticks)
                        .as(cron + " in " + zone)
                        .doesNotHaveDuplicates()
                        .isSorted();
            }
        }
    }

    @Test
    void saysWhatCannotBeRead() {
        assertThatThrownBy(() -> new CronTimes("60 * * * *", "UTC")).hasMessageContaining("\"60 * * * *\"");
        assertThatThrownBy(() -> new CronTimes("* * * *", "UTC")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CronTimes("* * * * *", "Europe/Wien")).hasMessageContaining("Europe/Wien");
    }
}
