package dev.tiphys.gateway.queue;

/**
 * Keeps a queue from being read while the log does not take its messages. The first message that is not taken stays in hand
 * and is tried again and again; once it is through, or given up, reading goes on. Thread-safe.
 */
public final class Turnstile {
    private boolean closed;

    /** {@return whether the caller has closed it: then it keeps its message, and opens it again in any case} */
    public synchronized boolean close() {
        if (closed) {
            return false;
        }
        closed = true;
        return true;
    }

    /** Lets reading go on. */
    public synchronized void open() {
        closed = false;
        notifyAll();
    }

    /** {@return whether reading may go on} */
    public synchronized boolean isOpen() {
        return !closed;
    }

    /** Waits until reading may go on. */
    public synchronized void awaitOpen() throws InterruptedException {
        while (closed) {
            wait();
        }
    }
}
