package dev.tiphys.platform.http;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Names what is measured of HTTP as OpenTelemetry's semantic conventions do, whatever the framework calls it. */
final class HttpMeters implements MeterFilter {
    private static final String SERVED = "http.server.request.duration";

    /** The conventions' own, in seconds. */
    private static final double[] BUCKETS = DoubleStream.of(
                    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
            .map(seconds -> seconds * Duration.ofSeconds(1).toNanos())
            .toArray();

    static final class Beans {
        @Produces
        @Singleton
        MeterFilter httpMeters() {
            return new HttpMeters();
        }
    }

    @Override
    public Meter.Id map(Meter.Id id) {
        if (!id.getName().equals("http.server.requests")) {
            return id;
        }
        Tags tags = Tags.empty();
        String status = "";
        for (Tag tag : id.getTagsAsIterable()) {
            switch (tag.getKey()) {
                case "method" -> tags = tags.and("http.request.method", tag.getValue());
                case "status" -> status = tag.getValue();
                case "uri" -> tags = tags.and("http.route", tag.getValue());
                case "outcome" -> {}
                default -> tags = tags.and(tag);
            }
        }
        // A series always has the same labels: an empty one is as good as none.
        String error = status.startsWith("5") ? status : "";
        return id.withName(SERVED)
                .replaceTags(tags.and("http.response.status_code", status).and("error.type", error));
    }

    @Override
    public @Nullable DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
        return id.getName().equals(SERVED)
                ? DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(BUCKETS)
                        .build()
                        .merge(config)
                : config;
    }
}
