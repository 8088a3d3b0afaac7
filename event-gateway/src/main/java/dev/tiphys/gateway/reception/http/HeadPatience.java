package dev.tiphys.gateway.reception.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Closes the connections whose request heads come too slowly: the server's own timeout begins anew with each byte. A
 * connection of HTTP/2 is watched up to its first request. Neither
 * Quarkus nor Vert.x lets anybody look at a connection before its first request is read, so each is watched where it is
 * accepted.
 */
@Singleton
final class HeadPatience {
    private final VertxInternal vertx;
    private final Duration patience;
    private final Counter closed;

    HeadPatience(
            Vertx vertx,
            MeterRegistry meters,
            @ConfigProperty(name = "tiphys.gateway.hooks.head-patience", defaultValue = "10s") Duration patience) {
        this.vertx = (VertxInternal) vertx;
        this.patience = patience;
        this.closed = Counter.builder("tiphys.gateway.hooks.heads.slow")
                .description("Connections that were closed because no whole request head came in time")
                .register(meters);
    }

    void register(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(HeadPatience::begun);
    }

    private static void begun(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.connection() instanceof ConnectionBase connection) {
            Channel channel = connection.channel();
            HeadWatch watch = channel.pipeline().get(HeadWatch.class);
            if (watch != null && request.version() == HttpVersion.HTTP_2) {
                // It mixes heads with what keeps a connection alive.
                channel.pipeline().remove(watch);
            } else if (watch != null) {
                watch.begun(request);
                // The answer may end on any thread.
                context.addEndHandler(_ -> channel.eventLoop().execute(watch::forget));
            }
        }
        context.next();
    }

    void watch(@ObservesAsync HttpServerStart event) {
        Set<Integer> ports = vertx.sharedHttpServers().values().stream()
                .map(HttpServer::actualPort)
                .collect(Collectors.toSet());
        for (EventExecutor executor : vertx.getAcceptorEventLoopGroup()) {
            if (executor instanceof SingleThreadEventLoop loop) {
                loop.execute(
                        () -> loop.registeredChannelsIterator().forEachRemaining(channel -> watch(channel, ports)));
            }
        }
    }

    private void watch(Channel channel, Set<Integer> ports) {
        if (channel instanceof ServerChannel
                && channel.localAddress() instanceof InetSocketAddress address
                && ports.contains(address.getPort())
                && channel.pipeline().get(Acceptor.class) == null) {
            channel.pipeline().addFirst(new Acceptor());
        }
    }

    /** Stands before whoever makes connections of what the server accepts. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            if (accepted instanceof Channel channel) {
                channel.pipeline().addLast(new HeadWatch(patience, closed::increment));
            }
            context.fireChannelRead(accepted);
        }
    }
}
