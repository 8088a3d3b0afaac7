package dev.tiphys.gateway.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;

/**
 * The times of a cron expression by the clocks of a time zone. Where these are put forward or back:
 *
 * <ul>
 *   <li>a time that the clocks leave out comes at the first moment after the gap, once however many are left out; unless the
 *       expression means every hour, or every few: then hours that are not there have no ticks
 *   <li>a time that the clocks show twice comes the first time only; unless minutes or hours begin with {@code *}, as in
 *       {@code *}{@code /15 * * * *}: such an expression means an interval, and it goes on at every showing
 * </ul>
 */
final class CronTimes implements Timetable {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    /** Once round the 29th of February on each day of the week, with two changes of the clocks a year. */
    private static final int MOST_CHANGES = 100;

    private final ZoneRules rules;
    private final ExecutionTime times;
    private final boolean anyHour;
    private final boolean interval;

    /** @throws IllegalArgumentException if one of them cannot be read; the message is for its author */
    CronTimes(String cron, String timeZone) {
        this.rules = zone(timeZone).getRules();
        this.times = times(cron);
        List<String> fields = List.of(cron.strip().split("\\s+"));
        this.anyHour = fields.get(1).startsWith("*");
        this.interval = anyHour || fields.getFirst().startsWith("*");
    }

    private static ZoneId zone(String timeZone) {
        try {
            return ZoneId.of(timeZone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(timeZone + " is no time zone of the IANA database", e);
        }
    }

    private static ExecutionTime times(String cron) {
        try {
            return ExecutionTime.forCron(PARSER.parse(cron).validate());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cron \"" + cron + "\" cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<Instant> after(Instant moment) {
        Instant at = moment;
        LocalDateTime local = LocalDateTime.ofInstant(at, rules.getOffset(at));
        for (int i = 0; i < MOST_CHANGES; i++) {
            Optional<LocalDateTime> shown = shownAfter(afterRepetition(at, local));
            if (shown.isEmpty()) {
                return Optional.empty();
            }
            ZoneOffsetTransition change = rules.nextTransition(at);
            Instant tick = shown.get().toInstant(rules.getOffset(at));
            if (change == null || tick.isBefore(change.getInstant())) {
                return Optional.of(tick);
            }
            boolean leftOut = change.isGap() && shown.get().isBefore(change.getDateTimeAfter());
            if (leftOut && !anyHour) {
                return Optional.of(change.getInstant());
            }
            at = change.getInstant();
            local = change.getDateTimeAfter().minusSeconds(1);
        }
        return Optional.empty();
    }

    /** Skips what the clocks have shown before, where that does not count again. */
    private LocalDateTime afterRepetition(Instant at, LocalDateTime local) {
        ZoneOffsetTransition change = rules.previousTransition(at.plusNanos(1));
        boolean repeated =
                !interval && change != null && change.isOverlap() && local.isBefore(change.getDateTimeBefore());
        return repeated ? change.getDateTimeBefore().minusSeconds(1) : local;
    }

    /** The calendar alone, in which every day has 24 hours. */
    private Optional<LocalDateTime> shownAfter(LocalDateTime local) {
        return times.nextExecution(local.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }
}
