package dev.tiphys.gateway.recovery.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tiphys.gateway.recovery.ProviderLog.Trouble;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Before a server that says more, or takes longer, than anybody wants to hear. */
@Tag("real")
class ProviderHttpTest {
    private static final int MIB = 1 << 20;

    private final CompletableFuture<Integer> said = new CompletableFuture<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void doesNotReadAnAnswerWithoutEnd() throws Exception {
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            said.complete(mibs(exchange.getResponseBody(), 200));
        });

        assertThatThrownBy(() -> get(Duration.ofSeconds(20)))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("" + 16 * MIB);

        assertThat(said.get(20, TimeUnit.SECONDS)).isLessThan(100);
    }

    @Test
    void hangsUpOnAServerThatItDoesNotWaitForAnyLonger() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            body.write("[".getBytes(UTF_8));
            body.flush();
            try {
                gone.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            said.complete(mibs(body, 12));
        });

        assertThatThrownBy(() -> get(Duration.ofMillis(300)))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("did not answer in time");
        gone.countDown();

        assertThat(said.get(20, TimeUnit.SECONDS)).isLessThan(12);
    }

    /** {@return how many MiB were said until the other side had hung up} */
    private static int mibs(OutputStream body, int most) {
        byte[] mib = " ".repeat(MIB).getBytes(UTF_8);
        for (int i = 0; i < most; i++) {
            try {
                body.write(mib);
                body.flush();
            } catch (IOException _) {
                return i;
            }
        }
        return most;
    }

    private void get(Duration deadline) throws Trouble, InterruptedException {
        var _ = new ProviderHttp(deadline, Clock.systemUTC())
                .get(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), Map.of());
    }
}
