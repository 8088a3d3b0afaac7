package dev.tiphys.platform.app;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Produces what every service is given. */
final class Commons {
    private static final Duration MICROSECOND = Duration.of(1, ChronoUnit.MICROS);

    /** As fine as a database keeps: a moment that is told from memory is the one that is read back. */
    @Produces
    @Singleton
    Clock clock() {
        return Clock.tick(Clock.systemUTC(), MICROSECOND);
    }

    /** Answers have the same JSON as the log. */
    @Produces
    @Singleton
    ObjectMapperCustomizer json() {
        return (ObjectMapper mapper) -> mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }
}
