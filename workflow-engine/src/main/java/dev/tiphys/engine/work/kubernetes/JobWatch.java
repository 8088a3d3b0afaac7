package dev.tiphys.engine.work.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sees a Job and its pods as they change. */
final class JobWatch implements AutoCloseable {
    private final Semaphore changes = new Semaphore(0);
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private final SharedIndexInformer<Job> jobs;
    private final SharedIndexInformer<Pod> pods;
    private boolean tellsPresence;

    /** @throws KubernetesClientException if the cluster does not answer */
    JobWatch(KubernetesClient client, String namespace, String name) {
        try {
            jobs = client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace)
                    .withName(name)
                    .runnableInformer(0)
                    .initialState(Stream.empty()) // else the first list may be older than the Job
                    .addEventHandler(new Wake<>())
                    .run();
            informers.add(jobs);
            pods = client.pods()
                    .inNamespace(namespace)
                    .withLabel(JobManifest.JOB_LABEL, name)
                    .runnableInformer(0)
                    .initialState(Stream.empty())
                    .addEventHandler(new Wake<>())
                    .run();
            informers.add(pods);
            informers.forEach(informer -> informer.stopped().whenComplete((_, _) -> wake()));
        } catch (KubernetesClientException e) {
            close();
            throw e;
        } catch (RuntimeException e) {
            // The client lets some failures of the connection through as they are.
            close();
            throw new KubernetesClientException("the job cannot be watched: " + e.getMessage(), e);
        }
    }

    /** {@return the Job as it is; null if there is none any more} */
    @Nullable
    Job job() {
        return jobs.getStore().list().stream().findFirst().orElse(null);
    }

    /** {@return the newest of its pods; null while there is none} */
    @Nullable
    Pod pod() {
        return pods.getStore().list().stream()
                .max(Comparator.comparing(
                        pod -> String.valueOf(pod.getMetadata().getCreationTimestamp())))
                .orElse(null);
    }

    /**
     * {@return whether what it shows is of this moment; false while it has no connection}
     *
     * <p>The client tells this of WebSockets only, and of a plain HTTP watch that it has none: what never had a connection
     * is not called lost.
     */
    boolean isPresent() {
        boolean present = jobs.isWatching() && pods.isWatching();
        tellsPresence |= present;
        return present || !tellsPresence;
    }

    /**
     * Waits for the next change, but not longer than this.
     *
     * @throws KubernetesClientException if it sees nothing any more: make a new one
     */
    void await(Duration time) throws InterruptedException {
        if (changes.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
            changes.drainPermits();
        }
        for (SharedIndexInformer<?> informer : informers) {
            CompletableFuture<Void> stopped = informer.stopped().toCompletableFuture();
            if (stopped.isDone()) {
                throw failure(stopped);
            }
        }
    }

    private static KubernetesClientException failure(CompletableFuture<Void> stopped) {
        Throwable cause = stopped.isCompletedExceptionally() ? stopped.exceptionNow() : null;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof KubernetesClientException known
                ? known
                : new KubernetesClientException("the watch of the job ended", cause);
    }

    /** Ends the next or present wait. */
    void wake() {
        changes.release();
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
    }

    private final class Wake<T extends HasMetadata> implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T added) {
            wake();
        }

        @Override
        public void onUpdate(T before, T after) {
            wake();
        }

        @Override
        public void onDelete(T deleted, boolean finalStateUnknown) {
            wake();
        }
    }
}
