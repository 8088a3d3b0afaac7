package dev.tiphys.platform.call;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A request that is under way until its whole answer is read. The timeout of a request ends with the answer's head: a body
 * that stalls would be waited for without end. Whoever waits here may stop at any time, and {@link #close} ends it.
 */
public final class HttpCall<T> implements AutoCloseable {
    private final CompletableFuture<HttpResponse<InputStream>> response;
    private final CompletableFuture<T> answer;

    /** Reads an answer to its end; called on a thread of its own, whose body is closed under it if nobody wants it any more. */
    public interface Reader<T> {
        T read(HttpResponse<InputStream> response) throws IOException;
    }

    private HttpCall(CompletableFuture<HttpResponse<InputStream>> response, Reader<T> reader) {
        this.response = response;
        this.answer = response.thenApplyAsync(
                come -> {
                    try {
                        return reader.read(come);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> Thread.ofVirtual().name("http-answer").start(task));
    }

    /** Sends a request. */
    public static <T> HttpCall<T> send(HttpClient http, HttpRequest request, Reader<T> reader) {
        return new HttpCall<>(http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()), reader);
    }

    /**
     * {@return the whole answer to a request}
     *
     * @throws HttpTimeoutException if it is not there in time, which says nothing about whether the server acted
     * @throws IOException as the client has it
     */
    public static <T> T answer(HttpClient http, HttpRequest request, Duration within, Reader<T> reader)
            throws IOException, InterruptedException {
        try (HttpCall<T> call = send(http, request, reader)) {
            return call.await(within);
        } catch (TimeoutException _) {
            throw new HttpTimeoutException("no whole answer within " + within.toMillis() + " ms");
        }
    }

    /**
     * {@return the whole answer}
     *
     * @throws TimeoutException if it is not there yet: wait again, or close
     */
    public T await(Duration time) throws IOException, InterruptedException, TimeoutException {
        try {
            return answer.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ioCause(e);
        }
    }

    private static IOException ioCause(ExecutionException failure) {
        Throwable cause = failure.getCause();
        while ((cause instanceof CompletionException || cause instanceof UncheckedIOException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof IOException io ? io : new IOException(String.valueOf(cause), cause);
    }

    /** Ends the request, and a body that is still being read; one that was read is closed already. */
    @Override
    public void close() {
        response.cancel(true);
        response.thenAccept(HttpCall::closeBody).exceptionally(_ -> null);
    }

    private static void closeBody(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
