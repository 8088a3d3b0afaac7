package dev.tiphys.gateway.schedule;

import dev.tiphys.contracts.definition.Pipeline.Missed;
import dev.tiphys.gateway.delivery.Sha256;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A schedule of a definition.
 *
 * @param cron as written; of an interval {@code @every PT1H}
 * @param missed what happens to times that passed while no process was up
 * @param catchUp how old those may be at most; null for any age
 * @param jitter each tick is put off by up to this
 */
record Schedule(
        Owner owner,
        String cron,
        String timeZone,
        Timetable times,
        Exclusions exclusions,
        Missed missed,
        @Nullable Duration catchUp,
        Duration jitter) {

    /** Whose it is. */
    sealed interface Owner {
        /** {@return the definition's name} */
        String name();

        /** {@return the word for its kind} */
        String kind();

        /** A pipeline's. */
        record OfPipeline(String name) implements Owner {
            @Override
            public String kind() {
                return "pipeline";
            }
        }

        /** A calendar of an EventSource. */
        record OfCalendar(String name, String event, Map<String, String> metadata) implements Owner {
            public OfCalendar {
                metadata = Map.copyOf(metadata);
            }

            @Override
            public String kind() {
                return "calendar";
            }
        }
    }

    /** {@return what stays the same as long as its times do} */
    String key() {
        String path = switch (owner) {
            case Owner.OfPipeline(var name) -> "pipeline/" + name;
            case Owner.OfCalendar calendar -> "calendar/" + calendar.name() + "/" + calendar.event();
        };
        return path + "/" + timeZone + "/" + cron;
    }

    ZoneId zone() {
        return ZoneId.of(timeZone);
    }

    /** {@return the first tick after {@code moment} that is not excluded; empty if there is none any more} */
    Optional<Instant> after(Instant moment) {
        Optional<Instant> tick = times.after(moment);
        while (tick.isPresent() && exclusions.contain(tick.get())) {
            tick = times.after(exclusions.last(tick.get()));
        }
        return tick;
    }

    /** {@return when a tick is to happen: a little later, the same wherever and however often it is asked} */
    Instant happens(Instant tick) {
        if (jitter.isZero()) {
            return tick;
        }
        byte[] hash = Sha256.of(key() + "\n" + tick);
        BigInteger longest = BigInteger.valueOf(jitter.toMillis() + 1);
        return tick.plusMillis(new BigInteger(1, hash).mod(longest).longValue());
    }
}
