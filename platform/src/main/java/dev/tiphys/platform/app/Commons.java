package dev.tiphys.platform.app;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Produces what every service is given. */
final class Commons {

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
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
