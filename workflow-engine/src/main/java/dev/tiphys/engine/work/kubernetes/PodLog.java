package dev.tiphys.engine.work.kubernetes;

import dev.tiphys.engine.work.WholeCharacters;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.vertx.core.VertxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log of one pod and gives each byte once: the live stream while the container runs, the rest when it ended.
 * For one thread, but for the stream's own.
 */
final class PodLog implements AutoCloseable {
    /** More than this waits in the stream until it is taken. */
    private static final int MAX_WAITING = 1024 * 1024;

    private final ContainerResource container;
    private final Runnable onNew;
    private final Live live = new Live();
    private final WholeCharacters characters = new WholeCharacters();

    private long kept;
    private long streamed;
    private @Nullable LogWatch watch;

    /**
     * @param kept how many bytes an earlier lease kept already
     * @param onNew called when there is something to take
     */
    PodLog(KubernetesClient client, String namespace, String pod, long kept, Runnable onNew) {
        this.container = client.pods().inNamespace(namespace).withName(pod).inContainer(JobManifest.CONTAINER);
        this.kept = kept;
        this.onNew = onNew;
    }

    /** {@return how many bytes were given} */
    long kept() {
        return kept;
    }

    /** Begins to follow, if that has not begun. */
    void follow() {
        if (watch == null) {
            watch = container.watchLog(live);
        }
    }

    /** {@return what came since the last time} */
    String take() {
        return fresh(live.take());
    }

    /**
     * Ends following.
     *
     * @return what is still to come of a container that ended
     * @throws IOException if the log cannot be read any more
     */
    String rest() throws IOException {
        close();
        try (InputStream whole = container.getLogInputStream()) {
            if (whole == null) {
                return "";
            }
            whole.skipNBytes(kept);
            byte[] rest = whole.readAllBytes();
            kept += rest.length;
            return characters.add(rest);
        } catch (KubernetesClientException | VertxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The stream begins with the log's first byte: what an earlier lease kept is passed over. */
    private String fresh(byte[] bytes) {
        int known = (int) Math.max(0, Math.min(bytes.length, kept - streamed));
        streamed += bytes.length;
        kept += bytes.length - known;
        return characters.add(java.util.Arrays.copyOfRange(bytes, known, bytes.length));
    }

    @Override
    public void close() {
        live.close();
        if (watch != null) {
            watch.close();
        }
    }

    private final class Live extends OutputStream {
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
        private boolean closed;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            synchronized (waiting) {
                while (waiting.size() > MAX_WAITING && !closed) {
                    try {
                        waiting.wait();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IOException("stopped", e);
                    }
                }
                if (closed) {
                    throw new IOException("nobody reads this log any more");
                }
                waiting.write(bytes, offset, length);
            }
            onNew.run();
        }

        byte[] take() {
            synchronized (waiting) {
                byte[] taken = waiting.toByteArray();
                waiting.reset();
                waiting.notifyAll();
                return taken;
            }
        }

        @Override
        public void close() {
            synchronized (waiting) {
                closed = true;
                waiting.notifyAll();
            }
        }
    }
}
