package dev.tiphys.gateway.proof.web;

import dev.tiphys.gateway.proof.web.Addresses.NotAsked;
import dev.tiphys.gateway.proof.web.Addresses.Place;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A GET of an address that a stranger may have named: over https, to the machine that was judged and no other, never
 * redirected, bounded in time and size. Blocking; for virtual threads. It is Vert.x' client, because the JDK's resolves a name
 * again when it connects.
 */
final class GuardedGet {
    static final int LARGEST = 256 * 1024;

    /** So many are under way at once, and so many more wait for their turn: strangers can cause any number. */
    static final int AT_ONCE = 16;

    static final int MOST_WAITING = 64;

    private final Semaphore turns = new Semaphore(AT_ONCE, /* fair= */ true);
    private final Vertx vertx;
    private final Addresses addresses;
    private final HttpClient client;
    private final Duration patience;

    /** @param trust null for the authorities that Java trusts */
    GuardedGet(Vertx vertx, Addresses addresses, Duration patience, @Nullable TrustOptions trust) {
        this.vertx = vertx;
        this.addresses = addresses;
        this.patience = patience;
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(true)
                .setVerifyHost(true)
                .setKeepAlive(false)
                .setConnectTimeout(Math.toIntExact(patience.toMillis()))
                .setMaxPoolSize(AT_ONCE)
                .setMaxWaitQueueSize(AT_ONCE)
                .setDecompressionSupported(false);
        if (trust != null) {
            options.setTrustOptions(trust);
        }
        this.client = vertx.createHttpClient(options);
    }

    /**
     * {@return the body of a good answer}
     *
     * @throws IOException if there is none, with a message that may be logged
     */
    byte[] get(URI uri) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        try {
            if (turns.getQueueLength() >= MOST_WAITING
                    || !turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(uri.getHost() + " is not asked: too much is being fetched");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        try {
            return fetched(uri, end);
        } finally {
            turns.release();
        }
    }

    private byte[] fetched(URI uri, long end) throws IOException {
        try {
            Place place = addresses.of(uri);
            RequestOptions request = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(place.address(), place.port())))
                    .setHost(place.host())
                    .setPort(place.port())
                    .setURI(place.path())
                    // Whoever waits for a connection leaves the queue by then.
                    .setConnectTimeout(left(end))
                    .setFollowRedirects(false);
            return client.request(request)
                    .compose(made -> answer(made, end))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(left(end), TimeUnit.MILLISECONDS)
                    .getBytes();
        } catch (NotAsked e) {
            throw new IOException(uri.getHost() + " is not asked: " + e.getMessage(), e);
        } catch (ExecutionException e) {
            throw new IOException(uri.getHost() + " did not answer: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException(uri.getHost() + " did not answer within " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static long left(long end) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
    }

    private Future<Buffer> answer(HttpClientRequest request, long end) {
        Promise<Buffer> body = Promise.promise();
        // Whoever waits longer than that is gone; the connection must not stay behind.
        long timer = vertx.setTimer(left(end), _ -> request.reset());
        body.future().onComplete(_ -> vertx.cancelTimer(timer));
        request.send().onFailure(body::tryFail).onSuccess(response -> read(request, response, body));
        return body.future();
    }

    private static void read(HttpClientRequest request, HttpClientResponse response, Promise<Buffer> body) {
        response.exceptionHandler(body::tryFail);
        if (response.statusCode() != 200) {
            body.tryFail("status " + response.statusCode());
            request.reset();
            return;
        }
        Buffer bytes = Buffer.buffer();
        response.handler(part -> {
                    bytes.appendBuffer(part);
                    if (bytes.length() > LARGEST) {
                        body.tryFail("more than " + LARGEST + " bytes");
                        request.reset();
                    }
                })
                .endHandler(_ -> body.tryComplete(bytes));
    }
}
