package dev.tiphys.gateway.trace.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.gateway.trace.Tracing.Kind;
import dev.tiphys.testkit.Promise;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final int MOST = 8;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Backlog backlog = new Backlog(MOST, meters);
    private final Collector collector = new Collector();
    private final OtelTracing tracing = tracing(backlog, collector);
    private final Logger logger = Logger.getLogger(Backlog.class.getName());
    private final Said said = new Said();

    @BeforeEach
    void listen() {
        logger.addHandler(said);
    }

    @AfterEach
    void end() {
        logger.removeHandler(said);
        collector.answer(CompletableResultCode.ofSuccess());
        tracing.close();
    }

    @Test
    void whatFindsNoRoomIsLostAndCountedWithoutAnybodyWaiting() {
        spans(MOST + 92);

        assertThat(lost("otel.sdk.processor.span.processed", "queue_full")).isEqualTo(92);
        collector.answer(CompletableResultCode.ofSuccess());
        await().untilAsserted(() ->
                assertThat(lost("otel.sdk.exporter.span.exported", "")).isEqualTo(MOST));
        spans(1);
        await().untilAsserted(() ->
                assertThat(lost("otel.sdk.exporter.span.exported", "")).isEqualTo(MOST + 1));
    }

    @Test
    void thatTheCollectorIsAwayIsSaidWhenItBeginsAndWhenItIsOver() {
        collector.answer(CompletableResultCode.ofExceptionalFailure(
                new IllegalStateException(new CompletionException(new IOException("nobody is there")))));
        for (int i = 1; i <= 3; i++) {
            spans(1);
            int sent = i;
            await().untilAsserted(() -> assertThat(lost("otel.sdk.exporter.span.exported", "java.io.IOException"))
                    .isEqualTo(sent));
        }
        collector.answer(CompletableResultCode.ofSuccess());
        spans(1);

        await().untilAsserted(() -> assertThat(said.texts).hasSize(2));
        assertThat(said.texts.getFirst())
                .contains("spans are lost, deliveries are not")
                .endsWith(": java.io.IOException: nobody is there");
        assertThat(said.texts.getLast()).isEqualTo("the collector takes spans again");
    }

    @Test
    void aCollectorThatHangsHoldsUpAStopForHalfASecond() throws Exception {
        Promise.within(Duration.ofSeconds(1), () -> {
            OtelTracing hanging = tracing(new Backlog(MOST, new SimpleMeterRegistry()), new Collector());
            spans(hanging, MOST);

            long begun = System.nanoTime();
            hanging.close();

            return Duration.ofNanos(System.nanoTime() - begun);
        });
    }

    private static OtelTracing tracing(Backlog backlog, Collector collector) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(BatchSpanProcessor.builder(backlog.of(collector))
                        .setMaxQueueSize(MOST)
                        .setMaxExportBatchSize(1)
                        .setScheduleDelay(Duration.ofMillis(1))
                        .build())
                .build();
        return new OtelTracing(provider, backlog);
    }

    private void spans(int many) {
        spans(tracing, many);
    }

    private static void spans(OtelTracing tracing, int many) {
        for (int i = 0; i < many; i++) {
            tracing.begin(Kind.PRODUCER, "send", "tiphys.events", null).end();
        }
    }

    private double lost(String counter, String error) {
        var found = meters.find(counter).tag("error.type", error).counter();
        return found == null ? 0 : found.count();
    }

    /** Takes spans, and answers when it is told to, for good. */
    private static final class Collector implements SpanExporter {
        private final List<CompletableResultCode> open = new ArrayList<>();
        private final AtomicReference<CompletableResultCode> answer = new AtomicReference<>();

        private synchronized void answer(CompletableResultCode now) {
            answer.set(now);
            open.forEach(CompletableResultCode::succeed);
            open.clear();
        }

        @Override
        public synchronized CompletableResultCode export(Collection<SpanData> spans) {
            CompletableResultCode now = answer.get();
            if (now != null) {
                return now;
            }
            CompletableResultCode later = new CompletableResultCode();
            open.add(later);
            return later;
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private static final class Said extends Handler {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            Object[] parts = record.getParameters();
            texts.add(
                    parts == null || parts.length == 0
                            ? record.getMessage()
                            : String.format(record.getMessage(), parts));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
