package dev.tiphys.gateway.trace.otel;

import dev.tiphys.gateway.trace.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/** Gives the gateway its tracing, as OpenTelemetry's own variables say. */
final class TracingBeans {
    /** The SDK's own queue is as long, unless a variable says otherwise. */
    private static final int WAITING = 2_048;

    private static final String PROTOCOL = "http/protobuf";

    @Produces
    @Singleton
    Tracing tracing(Config config, MeterRegistry meters) {
        return isWanted(config) ? sdk(config, meters) : Tracing.OFF;
    }

    void close(@Disposes Tracing tracing) {
        if (tracing instanceof OtelTracing sdk) {
            sdk.close();
        }
    }

    static boolean isWanted(Config config) {
        boolean named = said(config, "otel.exporter.otlp.endpoint")
                .or(() -> said(config, "otel.exporter.otlp.traces.endpoint"))
                .isPresent();
        return named
                && !said(config, "otel.sdk.disabled").orElse("").equalsIgnoreCase("true")
                && !said(config, "otel.traces.exporter").orElse("").equals("none");
    }

    /** @throws IllegalArgumentException if spans are to be sent in a way that is not spoken here */
    static OtelTracing sdk(Config config, MeterRegistry meters) {
        for (String name : new String[] {"otel.exporter.otlp.protocol", "otel.exporter.otlp.traces.protocol"}) {
            said(config, name).filter(protocol -> !protocol.equals(PROTOCOL)).ifPresent(protocol -> {
                throw new IllegalArgumentException(name + " is " + protocol + ", and spans are sent by " + PROTOCOL
                        + " only: set it so, or leave it out, and name the collector's port for HTTP (4318 as a rule)");
            });
        }
        Backlog backlog = new Backlog(
                said(config, "otel.bsp.max.queue.size").map(Integer::valueOf).orElse(WAITING), meters);
        return new OtelTracing(
                AutoConfiguredOpenTelemetrySdk.builder()
                        .addPropertiesSupplier(() -> settings(config))
                        .addPropertiesCustomizer(
                                _ -> Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none"))
                        .addSpanExporterCustomizer((exporter, _) -> backlog.of(exporter))
                        .disableShutdownHook()
                        .build()
                        .getOpenTelemetrySdk()
                        .getSdkTracerProvider(),
                backlog);
    }

    /** {@return what holds unless the environment says otherwise} */
    private static Map<String, String> settings(Config config) {
        Map<String, String> settings = new HashMap<>();
        settings.put("otel.exporter.otlp.protocol", PROTOCOL);
        if (!said(config, "otel.resource.attributes").orElse("").contains("service.name=")) {
            said(config, "quarkus.application.name").ifPresent(name -> settings.put("otel.service.name", name));
        }
        for (String name : config.getPropertyNames()) {
            if (name.startsWith("otel.")) {
                said(config, name).ifPresent(value -> settings.put(name, value));
            }
        }
        return settings;
    }

    private static Optional<String> said(Config config, String name) {
        return config.getOptionalValue(name, String.class).map(String::strip).filter(value -> !value.isEmpty());
    }
}
