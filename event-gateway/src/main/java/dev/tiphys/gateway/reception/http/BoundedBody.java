package dev.tiphys.gateway.reception.http;

import dev.tiphys.gateway.limit.FairShare;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * Takes a request's body in, never more than it may have. What is too much is thrown away as it comes, so that the sender
 * can read the answer; a sender that does not stop is cut off. Runs on the event loop.
 * Whoever gets the body gives its bytes back to the room.
 */
final class BoundedBody {
    /** What a refused sender may still send before its connection is closed. */
    private static final long PATIENCE = 64L * 1024 * 1024;

    /** Why there is no body. */
    enum Trouble {
        TOO_LARGE,
        TOO_BUSY,
        TOO_SLOW,
        GONE
    }

    /** There is no body. */
    static final class NoBody extends RuntimeException {
        private final Trouble trouble;

        NoBody(Trouble trouble) {
            super(trouble.name(), null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
            this.trouble = trouble;
        }

        Trouble trouble() {
            return trouble;
        }
    }

    private final HttpServerRequest request;
    private final long limit;
    private final FairShare room;
    private final String endpoint;
    private final Promise<Buffer> body = Promise.promise();
    private Buffer taken = Buffer.buffer();
    private long thrownAway;

    BoundedBody(HttpServerRequest request, String endpoint, long limit, FairShare room) {
        this.request = request;
        this.limit = limit;
        this.room = room;
        this.endpoint = endpoint;
    }

    /** {@return the body, or {@link NoBody}; called once} */
    Future<Buffer> take(Vertx vertx, Duration patience) {
        long timer = vertx.setTimer(patience.toMillis(), _ -> {
            fail(Trouble.TOO_SLOW);
            request.connection().close();
        });
        request.exceptionHandler(_ -> fail(Trouble.GONE));
        request.endHandler(_ -> body.tryComplete(taken));
        request.handler(this::chunk);
        return body.future().onComplete(_ -> vertx.cancelTimer(timer));
    }

    /** Throws the body away as it comes, to its end or until it is too much. */
    void discard() {
        request.exceptionHandler(_ -> {});
        request.handler(chunk -> {
            thrownAway += chunk.length();
            if (thrownAway > PATIENCE) {
                request.connection().close();
            }
        });
    }

    private void chunk(Buffer chunk) {
        if (taken.length() + (long) chunk.length() > limit) {
            fail(Trouble.TOO_LARGE);
            discard();
            return;
        }
        if (!room.take(endpoint, chunk.length())) {
            fail(Trouble.TOO_BUSY);
            discard();
            return;
        }
        taken.appendBuffer(chunk);
    }

    private void fail(Trouble trouble) {
        if (body.tryFail(new NoBody(trouble))) {
            room.give(endpoint, taken.length());
            taken = Buffer.buffer();
        }
    }
}
