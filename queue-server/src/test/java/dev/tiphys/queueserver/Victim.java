package dev.tiphys.queueserver;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that starts the server, says where, and waits to be killed. */
final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedQueue queue = EmbeddedQueue.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.println(queue.port());
        new CountDownLatch(1).await();
    }
}
