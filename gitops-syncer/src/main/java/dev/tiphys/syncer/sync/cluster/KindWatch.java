package dev.tiphys.syncer.sync.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Follows all objects of one kind: lists them once, then watches, and lists again when the watch was lost for too long. */
final class KindWatch implements AutoCloseable {
    /** Of an object that went while nobody watched, the informer tells what it kept: enough to know which it was, and whose. */
    private static final String[] KEPT = {"apiVersion", "kind", "metadata.uid", "metadata.ownerReferences"};

    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final CompletableFuture<Void> started;
    private volatile String trouble = "the first list is not there yet";

    KindWatch(
            KubernetesClient client,
            ResourceDefinitionContext kind,
            ResourceEventHandler<GenericKubernetesResource> handler) {
        this.informer = client.genericKubernetesResources(kind)
                .inAnyNamespace()
                .runnableInformer(0)
                // Without one the first list may be older than what we wrote before, and the start does not wait for
                // the
                // handler to be told of it.
                .initialState(Stream.empty())
                .itemStore(new ReducedStateItemStore<>(
                        ReducedStateItemStore.NAME_KEY_STATE,
                        GenericKubernetesResource.class,
                        client.getKubernetesSerialization(),
                        KEPT))
                .exceptionHandler((_, error) -> {
                    trouble = text(error);
                    return true;
                })
                .addEventHandler(handler);
        this.started = informer.start().toCompletableFuture(); // failures are tried again by the informer
    }

    /** {@return whether everything that exists was told to the handler} */
    boolean await(Duration patience) throws InterruptedException {
        try {
            started.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            trouble = text(e);
            return false;
        } catch (TimeoutException _) {
            return false; // the trouble is the informer's
        }
    }

    private static String text(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    String trouble() {
        return trouble;
    }

    @Override
    public void close() {
        informer.close();
    }
}
