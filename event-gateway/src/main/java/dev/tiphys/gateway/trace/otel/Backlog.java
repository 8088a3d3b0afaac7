package dev.tiphys.gateway.trace.otel;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The spans that wait for the collector: so many at most. What finds no room, and what the collector does not take, is lost
 * and counted; the log says it when it begins and when it is over. Thread-safe.
 */
final class Backlog {
    private static final Logger log = Logger.getLogger(Backlog.class);

    private final int most;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean losing = new AtomicBoolean();
    private final MeterRegistry meters;
    private final Counter full;
    private final Counter exported;

    Backlog(int most, MeterRegistry meters) {
        this.most = most;
        this.meters = meters;
        this.full = Counter.builder("otel.sdk.processor.span.processed")
                .description("Spans that found no room in the queue for the collector")
                .tag("error.type", "queue_full")
                .register(meters);
        this.exported = exported("");
    }

    private Counter exported(String error) {
        return Counter.builder("otel.sdk.exporter.span.exported")
                .description("Spans that were sent to the collector")
                .tag("error.type", error)
                .register(meters);
    }

    /** {@return whether one more may wait} If so, it does from now on. */
    boolean hasRoom() {
        if (waiting.incrementAndGet() <= most) {
            return true;
        }
        waiting.decrementAndGet();
        full.increment();
        lost("it takes them too slowly");
        return false;
    }

    /** {@return an exporter that tells the backlog what it came to} */
    SpanExporter of(SpanExporter exporter) {
        return new Heard(exporter);
    }

    private void heard(int spans, CompletableResultCode result) {
        waiting.addAndGet(-spans);
        if (result.isSuccess()) {
            exported.increment(spans);
            if (losing.compareAndSet(true, false)) {
                log.info("the collector takes spans again");
            }
            return;
        }
        Throwable failure = result.getFailureThrowable();
        // Without a cause it was an answer, and no good one.
        Throwable cause = failure == null ? null : failure.getCause();
        if (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        exported(cause == null ? "rejected" : cause.getClass().getName()).increment(spans);
        lost(cause == null ? "it refuses them" : cause.toString());
    }

    private void lost(String reason) {
        if (losing.compareAndSet(false, true)) {
            log.warnf("spans are lost, deliveries are not: the collector does not take them: %s", reason);
        }
    }

    private final class Heard implements SpanExporter {
        private final SpanExporter exporter;

        private Heard(SpanExporter exporter) {
            this.exporter = exporter;
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            int many = spans.size();
            CompletableResultCode result = exporter.export(spans);
            return result.whenComplete(() -> heard(many, result));
        }

        @Override
        public CompletableResultCode flush() {
            return exporter.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return exporter.shutdown();
        }
    }
}
