package dev.tiphys.platform.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends calls whose answer begins and does not come to its end: the client's own timeout ends with the head of an answer.
 * The call fails as one that the server did not answer, which says nothing about whether the server acted. Watches and
 * followed logs are left alone: they are silent for as long as nothing happens.
 */
public final class WholeAnswers implements Interceptor {
    /** How many times the longest silence a whole answer may take: lists are long, and only the silent ones have stalled. */
    private static final int WHOLE = 6;

    private final Duration silence;

    /** @param silence how long an answer that has begun may be silent; six times that, and it is to be whole */
    public WholeAnswers(Duration silence) {
        this.silence = silence;
    }

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        return isOpenEnded(request.uri()) ? consumer : new Reading(consumer);
    }

    private static boolean isOpenEnded(URI uri) {
        List<String> query = Arrays.asList(
                uri.getQuery() == null ? new String[0] : uri.getQuery().split("&"));
        return query.contains("watch=true") || query.contains("follow=true");
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        Reading reading = consumer.unwrap(Reading.class);
        if (reading != null && response.body() instanceof AsyncBody body) {
            new Answer(request, body, reading, reading.begin()).await(silence);
        }
    }

    /** Knows when the last part of an answer came. */
    private static final class Reading implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final AsyncBody.Consumer<List<ByteBuffer>> reader;
        private volatile long lastAt;

        Reading(AsyncBody.Consumer<List<ByteBuffer>> reader) {
            this.reader = reader;
        }

        long begin() {
            long now = System.nanoTime();
            lastAt = now;
            return now;
        }

        @Override
        public void consume(List<ByteBuffer> part, AsyncBody body) throws Exception {
            lastAt = System.nanoTime();
            reader.consume(part, body);
        }

        @Override
        public <U> U unwrap(Class<U> target) {
            return target.isInstance(this) ? target.cast(this) : reader.unwrap(target);
        }
    }

    private record Answer(HttpRequest request, AsyncBody body, Reading reading, long begunAt) {
        void await(Duration silence) {
            long now = System.nanoTime();
            long silent = silence.toNanos() - (now - reading.lastAt);
            long late = silence.toNanos() * WHOLE - (now - begunAt);
            if (silent <= 0) {
                end("nothing more of its answer came for " + silence.toMillis() + " ms");
                return;
            }
            if (late <= 0) {
                end("its answer is not whole after " + silence.toMillis() * WHOLE + " ms");
                return;
            }
            // Of a copy: the body is done or not, and the time is over, independent of each other.
            CompletableFuture<Void> done = body.done().copy();
            var _ = done.orTimeout(Math.min(silent, late), TimeUnit.NANOSECONDS).whenComplete((_, failure) -> {
                if (failure instanceof TimeoutException) {
                    await(silence);
                }
            });
        }

        private void end(String why) {
            URI uri = request.uri();
            String server = uri.getRawAuthority().replaceFirst(".*@", "");
            String call = request.method() + " " + uri.getScheme() + "://" + server + uri.getPath();
            if (body.done().completeExceptionally(new HttpTimeoutException(call + ": " + why))) {
                body.cancel();
            }
        }
    }
}
