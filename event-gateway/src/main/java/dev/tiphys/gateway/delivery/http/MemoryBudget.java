package dev.tiphys.gateway.delivery.http;

import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** How many bytes of bodies are held at once, over all senders: slow and large ones cannot take more than this. */
@Singleton
final class MemoryBudget {
    private final long most;
    private final AtomicLong held = new AtomicLong();

    MemoryBudget(@ConfigProperty(name = "tiphys.gateway.hooks.max-buffered", defaultValue = "128M") MemorySize most) {
        this.most = most.asLongValue();
    }

    /** {@return whether the bytes may be held; those that may are released later} */
    boolean take(long bytes) {
        if (held.addAndGet(bytes) <= most) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    void release(long bytes) {
        held.addAndGet(-bytes);
    }
}
