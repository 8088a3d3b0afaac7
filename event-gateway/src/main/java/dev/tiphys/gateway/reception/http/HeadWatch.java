package dev.tiphys.gateway.reception.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches one connection. A head has its time from the connection's beginning, or from its own first byte if another request
 * came before; between requests a connection may be silent. Runs on the connection's event loop.
 */
final class HeadWatch extends ChannelInboundHandlerAdapter {
    private static final byte[] TOO_SLOW =
            "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);

    private final Duration patience;
    private final Runnable tooSlow;

    /** The request that is under way; null if there is none, or its head is not whole. Not kept, because it holds its body. */
    private @Nullable HttpServerRequest request;

    private @Nullable ScheduledFuture<?> deadline;
    private boolean silent = true;

    HeadWatch(Duration patience, Runnable tooSlow) {
        this.patience = patience;
        this.tooSlow = tooSlow;
    }

    /** The head of a request is whole. */
    void begun(HttpServerRequest whole) {
        request = whole;
        stop();
    }

    /** Lets the request go if it is over: answered, and there to its last byte. */
    void forget() {
        if (request != null && request.isEnded() && request.response().ended()) {
            request = null;
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        start(context);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        silent = false;
        forget();
        context.fireChannelRead(bytes);
        if (request == null && deadline == null && !context.isRemoved()) {
            start(context);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stop();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stop();
        context.fireChannelInactive();
    }

    private void start(ChannelHandlerContext context) {
        deadline = context.executor().schedule(() -> end(context), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void stop() {
        if (deadline != null) {
            deadline.cancel(/* mayInterruptIfRunning= */ false);
            deadline = null;
        }
    }

    private void end(ChannelHandlerContext context) {
        tooSlow.run();
        // The end of the connection is all that is to be heard of it.
        if (silent || context.pipeline().get(SslHandler.class) != null) {
            var _ = context.close();
            return;
        }
        var _ = context.writeAndFlush(Unpooled.wrappedBuffer(TOO_SLOW)).addListener(ChannelFutureListener.CLOSE);
    }
}
