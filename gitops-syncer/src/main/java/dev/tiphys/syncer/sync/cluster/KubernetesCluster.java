package dev.tiphys.syncer.sync.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.platform.cluster.WholeAnswers;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.sync.Cluster;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** A Kubernetes API server. Reads come from watches; a write is one request. */
final class KubernetesCluster implements Cluster, AutoCloseable {
    static final String FIELD_MANAGER = "tiphys";

    /** What an API server says, with a 500, of a field of another type than its schema's: it fits at no other try either. */
    private static final String WRONG_TYPE = "failed to create typed patch object";

    private static final int INTERNAL_ERROR = 500;

    private static final Logger log = Logger.getLogger(KubernetesCluster.class);
    private static final Duration LIST_PATIENCE = Duration.ofSeconds(10);
    private static final Set<String> WORKLOADS =
            Set.of("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController");
    private static final ObjectRef POD = new ObjectRef("", "v1", "Pod", null, "");
    private static final ObjectRef REPLICA_SET = new ObjectRef("apps", "v1", "ReplicaSet", null, "");

    private final KubernetesClient client;
    private final Discovery discovery;
    private final Pushback pushback;
    private final Semaphore writes;
    private final Consumer<String> listener;
    private final LiveObjects objects = new LiveObjects(FIELD_MANAGER);
    private final ConcurrentHashMap<Kind, KindWatch> watches = new ConcurrentHashMap<>();

    private record Kind(String group, String version, String kind) {}

    KubernetesCluster(Config config, ClusterConfig settings, MeterRegistry meters, Consumer<String> listener) {
        config.setUserAgent("tiphys-syncer");
        config.setConnectionTimeout((int) settings.requestTimeout().toMillis());
        config.setRequestTimeout((int) settings.requestTimeout().toMillis());
        config.setRequestRetryBackoffLimit(0); // waiting and trying again is the sync's own decision
        config.setWatchReconnectInterval(200);
        this.pushback = new Pushback(meters);
        this.client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("pushback", pushback)
                        .addOrReplaceInterceptor("whole-answers", new WholeAnswers(settings.requestTimeout())))
                .build();
        this.discovery = new Discovery(client);
        this.writes = new Semaphore(settings.parallelWrites());
        this.listener = listener;
    }

    @Override
    public Following follow(String application, Collection<ObjectRef> refs) {
        objects.follow(application, refs);
        try {
            for (ObjectRef kind : kinds(refs)) {
                Optional<KindWatch> watch = watch(kind);
                if (watch.isPresent() && !watch.get().await(LIST_PATIENCE)) {
                    return new Following.Waiting("the cluster does not list objects of kind " + kind.kind() + ": "
                            + watch.get().trouble());
                }
            }
            completeStubs(refs);
            return new Following.Ready();
        } catch (KubernetesClientException e) {
            return new Following.Waiting("the cluster at " + client.getMasterUrl() + " does not answer: " + reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Following.Waiting("the syncer stops");
        }
    }

    /** One ref for each kind, with those of the pods below workloads: their containers tell why something is not healthy. */
    private static Collection<ObjectRef> kinds(Collection<ObjectRef> refs) {
        Set<ObjectRef> kinds = new LinkedHashSet<>();
        for (ObjectRef ref : refs) {
            kinds.add(new ObjectRef(ref.group(), ref.version(), ref.kind(), null, ""));
            if (WORKLOADS.contains(ref.kind())) {
                kinds.add(REPLICA_SET);
                kinds.add(POD);
            }
        }
        return kinds;
    }

    private Optional<KindWatch> watch(ObjectRef ref) {
        Kind kind = new Kind(ref.group(), ref.version(), ref.kind());
        KindWatch known = watches.get(kind);
        if (known != null) {
            return Optional.of(known);
        }
        return discovery
                .find(ref)
                .map(context -> watches.computeIfAbsent(kind, _ -> {
                    log.infof("following %s %s", ref.apiVersion(), ref.kind());
                    return new KindWatch(client, context, new Events());
                }));
    }

    /** An object that nobody named before is known to exist only; now all of it matters. */
    private void completeStubs(Collection<ObjectRef> refs) {
        for (ObjectRef ref : refs) {
            if (objects.isStub(ref.key())) {
                discovery
                        .find(ref)
                        .map(context -> resource(context, ref).get())
                        .ifPresent(found -> objects.put(tree(found)));
            }
        }
    }

    @Override
    public void unfollow(String application) {
        objects.unfollow(application);
    }

    @Override
    public Optional<ObjectNode> live(ObjectKey key) {
        return objects.find(key);
    }

    @Override
    public List<ObjectNode> live(String kind, String namespace) {
        return objects.ofKind(kind, namespace);
    }

    @Override
    public Optional<Boolean> namespaced(String group, String kind) {
        try {
            return discovery.namespaced(group, kind);
        } catch (KubernetesClientException e) {
            log.debugf("the cluster does not tell its kinds at the moment: %s", reason(e));
            return Optional.empty();
        }
    }

    @Override
    public Written apply(ObjectRef ref, ObjectNode tree) {
        return write(ref, () -> {
            Optional<ResourceDefinitionContext> kind = discovery.find(ref);
            if (kind.isEmpty()) {
                return unknownKind(ref);
            }
            GenericKubernetesResource wanted =
                    client.getKubernetesSerialization().convertValue(tree, GenericKubernetesResource.class);
            GenericKubernetesResource applied = resource(kind.get(), ref, wanted)
                    .fieldManager(FIELD_MANAGER)
                    .forceConflicts()
                    .serverSideApply();
            // The watch tells the same a moment later; whoever looks before it does must not see the former state.
            objects.put(tree(applied));
            return new Written.Done();
        });
    }

    private static Written unknownKind(ObjectRef ref) {
        return new Written.Waiting(
                "the cluster does not know the kind " + ref.apiVersion() + " " + ref.kind()
                        + ": its CustomResourceDefinition is missing or not ready",
                null);
    }

    @Override
    public Written delete(ObjectRef ref) {
        return write(ref, () -> {
            Optional<ResourceDefinitionContext> kind = discovery.find(ref);
            if (kind.isPresent()) {
                resource(kind.get(), ref)
                        .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                        .delete();
            }
            return new Written.Done();
        });
    }

    private Written write(ObjectRef ref, Supplier<Written> request) {
        Optional<Duration> quiet = pushback.quiet();
        if (quiet.isPresent()) {
            return new Written.Waiting("the cluster asked for a pause", quiet.get());
        }
        try {
            writes.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Written.Waiting("the syncer stops", null);
        }
        try {
            return request.get();
        } catch (KubernetesClientException e) {
            return refusal(ref, e);
        } finally {
            writes.release();
        }
    }

    private Written refusal(ObjectRef ref, KubernetesClientException e) {
        String reason = ref.kind().equals("Secret") ? withoutValues(reason(e)) : reason(e);
        if (e.getCode() == INTERNAL_ERROR && reason.contains(WRONG_TYPE)) {
            return new Written.Refused(reason);
        }
        return switch (e.getCode()) {
            case 400, 403, 405, 406, 409, 413, 415, 422 -> new Written.Refused(reason);
            case 404 ->
                reason.startsWith("namespaces ") ? new Written.NoNamespace(reason) : new Written.Waiting(reason, null);
            // 401, 408, 429, 5xx, and everything that did not get an answer
            default -> new Written.Waiting(reason, pushback.quiet().orElse(null));
        };
    }

    /** The API server quotes the values that it refuses. */
    private static String withoutValues(String reason) {
        return reason.replaceAll("Invalid value: (\"(\\\\.|[^\"\\\\])*\"|[^:]*)", "Invalid value")
                .replaceAll("(?s)got &.*", "got another value");
    }

    private static String reason(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return e.getStatus().getMessage();
        }
        Throwable cause = e.getCause();
        String message = cause == null || cause.getMessage() == null ? e.getMessage() : cause.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private Resource<GenericKubernetesResource> resource(ResourceDefinitionContext kind, ObjectRef ref) {
        return kind.isNamespaceScoped()
                ? client.genericKubernetesResources(kind)
                        .inNamespace(ref.namespace())
                        .withName(ref.name())
                : client.genericKubernetesResources(kind).withName(ref.name());
    }

    private Resource<GenericKubernetesResource> resource(
            ResourceDefinitionContext kind, ObjectRef ref, GenericKubernetesResource wanted) {
        return kind.isNamespaceScoped()
                ? client.genericKubernetesResources(kind)
                        .inNamespace(ref.namespace())
                        .resource(wanted)
                : client.genericKubernetesResources(kind).resource(wanted);
    }

    private ObjectNode tree(GenericKubernetesResource resource) {
        return client.getKubernetesSerialization().convertValue(resource, ObjectNode.class);
    }

    @Override
    public void close() {
        watches.values().forEach(KindWatch::close);
        client.close();
    }

    /** Takes what the watches tell. */
    private final class Events implements ResourceEventHandler<GenericKubernetesResource> {
        @Override
        public void onAdd(GenericKubernetesResource added) {
            objects.put(tree(added)).forEach(listener);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource now) {
            objects.put(tree(now)).forEach(listener);
        }

        @Override
        public void onDelete(GenericKubernetesResource deleted, boolean finalStateUnknown) {
            objects.remove(tree(deleted)).forEach(listener);
        }
    }
}
