package dev.tiphys.notifier.delivery.slack;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SlackHttpTest {
    private final SlackHttp http = new SlackHttp(Duration.ofMillis(300), new SimpleMeterRegistry(), Clock.systemUTC());

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void anAnswerThatStopsAfterItsHeadIsLostAndNotWaitedForForEver() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerHalf(server));

            Reply reply = http.json(
                    "chat.postMessage",
                    URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"),
                    "token",
                    JsonNodeFactory.instance.objectNode());

            assertThat(reply)
                    .isInstanceOfSatisfying(
                            Reply.Lost.class, lost -> assertThat(lost.reason()).contains("no whole answer"));
        }
    }

    @Test
    void aServerThatIsNotThereWasNeverSentAnything() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        for (String host : new String[] {"127.0.0.1", "no-such-host.invalid"}) {
            assertThat(http.json(
                            "chat.postMessage",
                            URI.create("http://" + host + ":" + port + "/"),
                            null,
                            JsonNodeFactory.instance.objectNode()))
                    .isInstanceOf(Reply.NeverSent.class);
        }
    }

    /** Keeps the connection open, as a server does that hangs. */
    private static void answerHalf(ServerSocket server) {
        try {
            Socket client = server.accept();
            client.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":".getBytes(US_ASCII));
            client.getOutputStream().flush();
            boolean _ = client.getInputStream().read() < 0;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
