package dev.tiphys.gateway.trace.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.gateway.trace.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;

class TracingBeansTest {
    private static final String ENDPOINT = "otel.exporter.otlp.endpoint";
    private static final String NOBODY = "http://127.0.0.1:9";

    @Test
    void withoutACollectorThereAreNoSpans() {
        assertThat(tracing(Map.of())).isSameAs(Tracing.OFF);
        assertThat(tracing(Map.of(ENDPOINT, " "))).isSameAs(Tracing.OFF);
    }

    @Test
    void orIfTheSdkIsToBeOffOrToSendNothing() {
        assertThat(tracing(Map.of(ENDPOINT, NOBODY, "otel.sdk.disabled", "true")))
                .isSameAs(Tracing.OFF);
        assertThat(tracing(Map.of(ENDPOINT, NOBODY, "otel.traces.exporter", "none")))
                .isSameAs(Tracing.OFF);
    }

    @Test
    void aCollectorMayBeNamedForAllSignalsOrForTracesAlone() {
        for (String name : new String[] {ENDPOINT, "otel.exporter.otlp.traces.endpoint"}) {
            Tracing tracing = tracing(Map.of(name, NOBODY));

            assertThat(tracing).isInstanceOf(OtelTracing.class);
            new TracingBeans().close(tracing);
        }
    }

    @Test
    void aWayThatIsNotSpokenHereIsRefusedAtStart() {
        assertThatThrownBy(() -> tracing(Map.of(ENDPOINT, NOBODY, "otel.exporter.otlp.protocol", "grpc")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("otel.exporter.otlp.protocol is grpc")
                .hasMessageContaining("http/protobuf")
                .hasMessageContaining("4318");
    }

    @Test
    void whatDecidesAboutRecordingIsSetAsEverywhere() {
        Tracing tracing = tracing(Map.of(ENDPOINT, NOBODY, "otel.traces.sampler", "parentbased_always_off"));

        assertThat(tracing.begin(Tracing.Kind.SERVER, "POST", "/hooks/{name}", null)
                        .traceparent())
                .endsWith("-00");
        new TracingBeans().close(tracing);
    }

    private static Tracing tracing(Map<String, String> settings) {
        Config config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build();
        return new TracingBeans().tracing(config, new SimpleMeterRegistry());
    }
}
