package dev.tiphys.gateway.queue.sqs;

import dev.tiphys.gateway.queue.Lanes;
import dev.tiphys.gateway.queue.MessageDesk;
import dev.tiphys.gateway.queue.Outcome;
import dev.tiphys.gateway.queue.QueueMessage;
import dev.tiphys.gateway.queue.QueueWatch;
import dev.tiphys.gateway.queue.Roster;
import dev.tiphys.gateway.queue.Subscription;
import dev.tiphys.gateway.queue.Turnstile;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Gatherers;
import org.jboss.logging.Logger;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Reads one queue. A thread polls; each lane of what it received is handled on a thread of its own; a heart keeps what is
 * under way from being given to others; and a sweeper deletes what is settled. Nothing is deleted before it is settled.
 */
final class SqsReader implements Roster.Reader {
    private static final Logger log = Logger.getLogger(SqsReader.class);
    private static final int MOST_EXCUSED = 10_000;

    private final Subscription subscription;
    private final boolean isFifo;
    private final SqsQueue queue;
    private final MessageDesk desk;
    private final QueueWatch watch;
    private final SqsPolicy policy;
    private final Clock clock;
    private final Semaphore room;
    private final Turnstile turnstile = new Turnstile();
    private final Set<Held> held = ConcurrentHashMap.newKeySet();
    private final Set<Thread> lanes = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> excused = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST_EXCUSED;
        }
    };
    /** Whoever asks for more time holds it, so that nobody gives a message back meanwhile: the last word would be lost. */
    private final ReentrantLock beating = new ReentrantLock();

    private final Sweeper sweeper;
    private final Thread poller;
    private final Thread heart;
    private volatile boolean stopping;

    SqsReader(
            Subscription subscription,
            boolean isFifo,
            SqsQueue queue,
            MessageDesk desk,
            QueueWatch watch,
            SqsPolicy policy,
            Clock clock) {
        this.subscription = subscription;
        this.isFifo = isFifo;
        this.queue = queue;
        this.desk = desk;
        this.watch = watch;
        this.policy = policy;
        this.clock = clock;
        this.room = new Semaphore(policy.inFlight());
        this.sweeper = new Sweeper(subscription.name(), queue, policy, this::released);
        this.poller = Thread.ofVirtual().name("queue-" + subscription.name()).start(this::poll);
        this.heart = Thread.ofVirtual().name("heart-" + subscription.name()).start(this::beat);
    }

    private void poll() {
        int failures = 0;
        boolean isKnown = false;
        while (!stopping) {
            int taken = 0;
            try {
                turnstile.awaitOpen();
                room.acquire();
                taken = 1;
                while (taken < SqsQueue.BATCH && room.tryAcquire()) {
                    taken++;
                }
                // The first answer tells that the queue can be read: it is not waited for as long as a message may
                // take.
                List<Held> received = receive(taken, isKnown ? policy.poll() : Duration.ZERO);
                isKnown = true;
                room.release(taken - received.size());
                taken = 0;
                failures = 0;
                if (turnstile.isOpen()) {
                    watch.running();
                }
                Lanes.of(received, one -> one.message().lane()).forEach(this::begin);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException e) {
                room.release(taken);
                isKnown = false;
                if (stopping || !recovers(e, ++failures)) {
                    return;
                }
            }
        }
    }

    private List<Held> receive(int most, Duration wait) {
        List<Held> received = queue.receive(most, policy.visibility(), wait).stream()
                .map(message -> new Held(Messages.read(message, isFifo, clock.instant()), message.receiptHandle()))
                .toList();
        watch.received(received.size());
        held.addAll(received);
        return received;
    }

    /** Waits after a failure; {@return whether reading goes on} */
    private boolean recovers(RuntimeException failure, int failures) {
        String reason;
        if (failure instanceof SdkException ours) {
            reason = queue.trouble(ours);
        } else {
            reason = "it cannot be read: " + failure.getClass().getSimpleName();
            log.errorf(failure, "queue %s: a poll failed", subscription.name());
        }
        if (failures == 1) {
            log.warnf("queue %s: %s", subscription.name(), reason);
        }
        watch.failing(reason);
        return isAwakeAfter(policy.again().after(failures));
    }

    private static boolean isAwakeAfter(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void begin(List<Held> lane) {
        Thread thread = Thread.ofVirtual().name("lane-" + subscription.name()).unstarted(() -> {
            try {
                handle(lane);
            } finally {
                lanes.remove(Thread.currentThread());
            }
        });
        lanes.add(thread);
        thread.start();
    }

    /** One after the other; what comes behind one that is given back goes back too, or it would overtake. */
    private void handle(List<Held> lane) {
        Duration back = null;
        for (Held one : lane) {
            if (back != null || stopping) {
                excuse(one);
                giveBack(one, back == null ? Duration.ZERO : back);
                continue;
            }
            switch (outcome(one)) {
                case Outcome.Settled(var verdict) -> {
                    watch.settled(verdict);
                    forgive(one);
                    sweeper.delete(one);
                }
                case Outcome.Failed(var reason) -> {
                    log.debugf(
                            "queue %s: message %s: %s",
                            subscription.name(), one.message().id(), reason);
                    back = policy.retry().after(counted(one).receives());
                    giveBack(one, back);
                }
                case Outcome.Unparked(var reason) -> {
                    watch.unparked(reason);
                    back = policy.probe().after(excuse(one));
                    giveBack(one, back);
                }
                case Outcome.Away _ -> {
                    back = stopping ? Duration.ZERO : policy.probe().after(excuse(one));
                    giveBack(one, back);
                }
            }
        }
    }

    /** The first that the log does not take stays in hand, and is tried until it is through; the others go back. */
    private Outcome outcome(Held one) {
        boolean isProbe = false;
        try {
            for (int attempt = 1; ; attempt++) {
                Outcome outcome = desk.handle(subscription, counted(one));
                if (!(outcome instanceof Outcome.Away(var reason))) {
                    return outcome;
                }
                isProbe = isProbe || turnstile.close();
                if (!isProbe
                        || one.extension(policy.visibility(), clock.instant()).isZero()) {
                    return outcome;
                }
                watch.waiting("reading stopped until the log takes messages again: " + reason);
                Thread.sleep(policy.probe().after(attempt));
            }
        } catch (InterruptedException _) {
            // Only an end interrupts, and the message is still to be given back, which an interrupted thread cannot.
            return new Outcome.Away("the reading of the queue ends");
        } catch (RuntimeException e) {
            log.errorf(
                    e,
                    "queue %s: message %s failed",
                    subscription.name(),
                    one.message().id());
            return new Outcome.Failed("it cannot be handled: " + e.getClass().getSimpleName());
        } finally {
            if (isProbe) {
                turnstile.open();
            }
        }
    }

    /** Only what was the message's own fault counts towards parking it. */
    private QueueMessage counted(Held one) {
        QueueMessage message = one.message();
        synchronized (excused) {
            return message.receivedTimes(Math.max(1, message.receives() - excused.getOrDefault(message.id(), 0)));
        }
    }

    private int excuse(Held one) {
        synchronized (excused) {
            return excused.merge(one.message().id(), 1, Integer::sum);
        }
    }

    private void forgive(Held one) {
        synchronized (excused) {
            excused.remove(one.message().id());
        }
    }

    private void giveBack(Held one, Duration after) {
        forget(one);
        try {
            queue.extend(List.of(new SqsQueue.Extension(one.receipt(), after)))
                    .forEach(refused -> log.debugf("queue %s: %s", subscription.name(), refused.reason()));
        } catch (SdkException e) {
            // It comes back by itself when its time is over.
            log.debugf("queue %s: a message could not be given back: %s", subscription.name(), e.getMessage());
        }
        watch.givenBack(1);
        room.release();
    }

    /** From its return on no more time is asked for, and none is being asked for. */
    private void forget(Held one) {
        beating.lock();
        try {
            held.remove(one);
        } finally {
            beating.unlock();
        }
    }

    private void released(Held one) {
        if (held.remove(one)) {
            room.release();
        }
    }

    private void beat() {
        while (isAwakeAfter(policy.heartbeat())) {
            List.copyOf(held).stream()
                    .gather(Gatherers.windowFixed(SqsQueue.BATCH))
                    .forEach(this::extend);
        }
    }

    private void extend(List<Held> batch) {
        beating.lock();
        try {
            List<SqsQueue.Extension> extensions = new ArrayList<>();
            for (Held one : batch) {
                Duration extension = one.extension(policy.visibility(), clock.instant());
                if (held.contains(one) && !extension.isZero()) {
                    extensions.add(new SqsQueue.Extension(one.receipt(), extension));
                }
            }
            if (extensions.isEmpty()) {
                return;
            }
            queue.extend(extensions)
                    .forEach(refused -> log.debugf("queue %s: %s", subscription.name(), refused.reason()));
        } catch (RuntimeException e) {
            // The next beat comes before the time is over.
            log.debugf("queue %s: a heartbeat failed: %s", subscription.name(), e.getMessage());
        } finally {
            beating.unlock();
        }
    }

    @Override
    public void close() {
        stopping = true;
        poller.interrupt();
        long end = System.nanoTime() + policy.closing().toNanos();
        join(List.copyOf(lanes), end - policy.closing().toNanos() / 2);
        List.copyOf(lanes).forEach(Thread::interrupt);
        join(List.copyOf(lanes), end);
        sweeper.close(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        heart.interrupt();
        queue.close();
    }

    private static void join(List<Thread> threads, long until) {
        try {
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
