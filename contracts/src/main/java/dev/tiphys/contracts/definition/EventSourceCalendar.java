package dev.tiphys.contracts.definition;

import dev.tiphys.contracts.definition.EventSource.Input;
import dev.tiphys.contracts.definition.EventSourceForm.Entry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the entries of Argo's EventSource that are times. */
final class EventSourceCalendar {
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** What Argo makes up for where no limit is given; in Argo it is everything. */
    private static final Duration LONGEST = Duration.ofDays(366);

    private EventSourceCalendar() {}

    static @Nullable Input calendar(Entry entry) {
        Fields fields = entry.fields();
        // As in Argo, a schedule comes before an interval; an empty one is none.
        boolean scheduled = !EventSourceHooks.loose(fields, "schedule").isEmpty();
        String cron = scheduled ? fields.checked("schedule", EventSourceCalendar::wrongWithCron) : null;
        Duration interval = null;
        if (!EventSourceHooks.loose(fields, "interval").isEmpty() && !scheduled) {
            interval = duration(fields, "interval", SHORTEST);
        }
        if (cron == null && interval == null) {
            fields.inspection()
                    .error(fields.path(), "expected a schedule such as \"30 6 * * *\" or an interval, met none");
        }
        String timeZone = EventSourceHooks.loose(fields, "timezone").isEmpty()
                ? "UTC"
                : fields.checked("timezone", Syntax::wrongWithTimeZone);
        List<String> exclusions = fields.texts("exclusionDates");
        Duration catchUp = catchUp(fields.optionalMapping("persistence"));
        return fields.inspection().failed()
                ? null
                : new Input.Calendar(cron == null ? null : argoCron(cron), interval, timeZone, catchUp, exclusions);
    }

    private static @Nullable String wrongWithCron(String cron) {
        return CronSyntax.wrong(argoCron(cron));
    }

    /** Argo's cron takes {@code ?} for {@code *}. */
    private static String argoCron(String cron) {
        return cron.replace('?', '*').strip();
    }

    private static @Nullable Duration catchUp(@Nullable Fields persistence) {
        if (persistence == null) {
            return null;
        }
        // The gateway remembers by itself.
        persistence.free("configMap");
        Fields catchUp = persistence.optionalMapping("catchup");
        persistence.endLeniently();
        if (catchUp == null) {
            return null;
        }
        boolean enabled = catchUp.flag("enabled", false);
        Duration longest = EventSourceHooks.loose(catchUp, "maxDuration").isEmpty()
                ? LONGEST
                : duration(catchUp, "maxDuration", SHORTEST);
        catchUp.endLeniently();
        return enabled ? longest : null;
    }

    private static Duration duration(Fields fields, String name, Duration shortest) {
        String text = EventSourceHooks.loose(fields, name);
        Duration duration = Syntax.goDuration(text).orElse(null);
        if (duration == null || duration.compareTo(shortest) < 0) {
            fields.inspection()
                    .error(fields.path(name), "expected a duration of at least 1s such as 10s, 30m or 1h30m");
            return shortest;
        }
        return duration;
    }
}
