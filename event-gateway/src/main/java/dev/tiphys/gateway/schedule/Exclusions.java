package dev.tiphys.gateway.schedule;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Times that are left out: {@code EXDATE} of RFC 5545 with moments in UTC ({@code EXDATE:20261224T060000Z}), moments and days
 * by the clocks of the schedule's zone or of one that is named ({@code EXDATE;VALUE=DATE:20261224}, {@code
 * EXDATE;TZID=Europe/Vienna:20261224T070000}). {@code EXRULE} is not read.
 */
record Exclusions(Set<Instant> moments, Set<LocalDate> days, ZoneId zone) {
    static final Exclusions NONE = new Exclusions(Set.of(), Set.of(), ZoneId.of("UTC"));
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");

    Exclusions {
        moments = Set.copyOf(moments);
        days = Set.copyOf(days);
    }

    /** @throws IllegalArgumentException if one of them cannot be read; the message is for its author */
    static Exclusions of(List<String> lines, ZoneId zone) {
        Set<Instant> moments = new HashSet<>();
        Set<LocalDate> days = new HashSet<>();
        for (String line : lines) {
            String[] parts = line.strip().split(":", 2);
            List<String> names = List.of(parts[0].split(";"));
            if (parts.length != 2 || !names.getFirst().equals("EXDATE")) {
                throw unreadable(line, null);
            }
            try {
                ZoneId own = zone(names, zone);
                for (String value : parts[1].split(",")) {
                    add(value.strip(), own, moments, days);
                }
            } catch (DateTimeException e) {
                throw unreadable(line, e);
            }
        }
        return new Exclusions(moments, days, zone);
    }

    private static void add(String value, ZoneId zone, Set<Instant> moments, Set<LocalDate> days) {
        if (!value.contains("T")) {
            days.add(LocalDate.parse(value, DateTimeFormatter.BASIC_ISO_DATE));
        } else if (value.endsWith("Z")) {
            moments.add(LocalDateTime.parse(value.substring(0, value.length() - 1), MOMENT)
                    .atZone(ZoneId.of("UTC"))
                    .toInstant());
        } else {
            moments.add(LocalDateTime.parse(value, MOMENT).atZone(zone).toInstant());
        }
    }

    private static ZoneId zone(List<String> names, ZoneId otherwise) {
        List<String> zones = new ArrayList<>(names);
        zones.removeIf(name -> !name.startsWith("TZID="));
        return zones.isEmpty() ? otherwise : ZoneId.of(zones.getFirst().substring("TZID=".length()));
    }

    private static IllegalArgumentException unreadable(String line, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "exclusion \"" + line + "\" cannot be read: expected EXDATE:20261224T060000Z or"
                        + " EXDATE;VALUE=DATE:20261224, several dates with commas between",
                cause);
    }

    boolean contain(Instant moment) {
        return moments.contains(moment) || (!days.isEmpty() && days.contains(LocalDate.ofInstant(moment, zone)));
    }

    /** {@return the last moment that is left out together with {@code excluded}: of a day that is, its end} */
    Instant last(Instant excluded) {
        LocalDate day = LocalDate.ofInstant(excluded, zone);
        Instant end = day.plusDays(1).atStartOfDay(zone).toInstant().minusNanos(1);
        // Where clocks go back over midnight a day comes twice, and ends before its second part.
        return days.contains(day) && end.isAfter(excluded) ? end : excluded;
    }
}
