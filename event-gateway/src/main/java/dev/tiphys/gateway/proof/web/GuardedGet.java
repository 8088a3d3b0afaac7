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
        try {
            Place place = addresses.of(uri);
            RequestOptions request = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(place.address(), place.port())))
                    .setHost(place.host())
                    .setPort(place.port())
                    .setURI(place.path())
                    .setFollowRedirects(false);
            return client.request(request)
                    .compose(this::answer)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS)
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

    private Future<Buffer> answer(HttpClientRequest request) {
        Promise<Buffer> body = Promise.promise();
        // Whoever waits longer than that is gone; the connection must not stay behind.
        long timer = vertx.setTimer(patience.toMillis(), _ -> request.reset());
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
