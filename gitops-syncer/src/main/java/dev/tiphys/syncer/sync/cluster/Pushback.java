package dev.tiphys.syncer.sync.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Sees every request: counts it, and remembers for how long the cluster asked to be left alone. */
final class Pushback implements Interceptor {
    private final MeterRegistry meters;
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    Pushback(MeterRegistry meters) {
        this.meters = meters;
    }

    /** {@return how long the cluster still wants to be left alone} */
    Optional<Duration> quiet() {
        long left = quietUntil.get() - System.nanoTime();
        return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        meters.counter(
                        "tiphys.syncer.cluster.requests",
                        "method",
                        request.method(),
                        "status",
                        Integer.toString(response.code()))
                .increment();
        if (response.code() == 429 || response.code() == 503) {
            String header = response.header("Retry-After");
            if (header != null && header.matches("\\d{1,5}")) {
                long until = System.nanoTime()
                        + Duration.ofSeconds(Long.parseLong(header)).toNanos();
                quietUntil.accumulateAndGet(until, Math::max);
            }
        }
    }
}
