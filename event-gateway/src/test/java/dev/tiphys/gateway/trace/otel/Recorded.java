package dev.tiphys.gateway.trace.otel;

import dev.tiphys.gateway.trace.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;

/** Tracing whose spans are there as soon as they end. */
public final class Recorded {
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OtelTracing tracing;

    private Recorded(Sampler roots) {
        Backlog backlog = new Backlog(1_000, new SimpleMeterRegistry());
        tracing = new OtelTracing(
                SdkTracerProvider.builder()
                        .setSampler(Sampler.parentBased(roots))
                        .addSpanProcessor(SimpleSpanProcessor.create(backlog.of(exporter)))
                        .build(),
                backlog);
    }

    public static Recorded everything() {
        return new Recorded(Sampler.alwaysOn());
    }

    /** Only what somebody before decided to record. */
    static Recorded nothingOfItsOwn() {
        return new Recorded(Sampler.alwaysOff());
    }

    public Tracing tracing() {
        return tracing;
    }

    public List<SpanData> spans() {
        return exporter.getFinishedSpanItems();
    }
}
