package dev.tiphys.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HttpMetersTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    HttpMetersTest() {
        meters.config().meterFilter(new HttpMeters());
    }

    @Test
    void answersAreNamedAsTheConventionsDo() {
        Timer timer = served("200");
        timer.record(Duration.ofMillis(7));

        assertThat(timer.getId().getName()).isEqualTo("http.server.request.duration");
        assertThat(tags(timer.getId()))
                .isEqualTo(Map.of(
                        "http.request.method",
                        "GET",
                        "http.route",
                        "/api/runs/{id}",
                        "http.response.status_code",
                        "200",
                        "error.type",
                        ""));
        assertThat(timer.takeSnapshot().histogramCounts()).hasSize(14);
        assertThat(timer.takeSnapshot().histogramCounts()[1].bucket(TimeUnit.MILLISECONDS))
                .isEqualTo(10);
    }

    @Test
    void onlyTheServersOwnFailuresAreErrors() {
        assertThat(tags(served("503").getId())).containsEntry("error.type", "503");
        assertThat(tags(served("404").getId())).containsEntry("error.type", "");
    }

    @Test
    void allElseKeepsItsName() {
        assertThat(tags(meters.counter("other", "method", "GET").getId())).isEqualTo(Map.of("method", "GET"));
    }

    private Timer served(String status) {
        return meters.timer(
                "http.server.requests", "method", "GET", "outcome", "ANY", "status", status, "uri", "/api/runs/{id}");
    }

    private static Map<String, String> tags(Meter.Id id) {
        return id.getTags().stream().collect(Collectors.toMap(Tag::getKey, Tag::getValue));
    }
}
