package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.ApiFailure;
import dev.tiphys.sandbox.objects.Change;
import dev.tiphys.sandbox.objects.ClusterObjects;
import dev.tiphys.sandbox.objects.ObjectKey;
import dev.tiphys.sandbox.objects.Trees;
import dev.tiphys.sandbox.objects.Writer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs the simulated controllers on one thread: each change of an object calls its controller and its owners'. */
public final class Simulation implements AutoCloseable {

    private static final System.Logger log = System.getLogger(Simulation.class.getName());
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final ClusterObjects objects;
    private final Cluster cluster;
    private final GarbageCollector garbage;
    private final Map<String, Controller> controllers;
    private final Set<ObjectKey> queued = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("sandbox-simulation").factory());
    private final Consumer<Change> listener = this::onChange;

    private Simulation(ClusterObjects objects, Clock clock) {
        this.objects = objects;
        this.cluster = new Cluster(objects, clock);
        this.garbage = new GarbageCollector(cluster);
        Controller provisioning = new Provisioning(cluster);
        this.controllers = Map.ofEntries(
                Map.entry("/pods", new Pods(cluster)),
                Map.entry("/namespaces", new Namespaces(cluster)),
                Map.entry("/persistentvolumeclaims", provisioning),
                Map.entry("/services", provisioning),
                Map.entry("networking.k8s.io/ingresses", provisioning),
                Map.entry("apps/deployments", new Deployments(cluster)),
                Map.entry("apps/replicasets", new ReplicaSets(cluster)),
                Map.entry("apps/statefulsets", new StatefulSets(cluster)),
                Map.entry("apps/daemonsets", new DaemonSets(cluster)),
                Map.entry("batch/jobs", new Jobs(cluster)),
                Map.entry("apiextensions.k8s.io/customresourcedefinitions", new Definitions(cluster)));
    }

    /** Furnishes the cluster if it is new, and begins. */
    public static Simulation start(ClusterObjects objects, Clock clock) {
        Simulation simulation = new Simulation(objects, clock);
        objects.store().onChange(simulation.listener);
        simulation.furnish();
        objects.store().all().keySet().forEach(simulation::enqueue);
        return simulation;
    }

    @Override
    public void close() {
        objects.store().removeListener(listener);
        worker.shutdownNow();
        try {
            // The store closes next: nobody may be writing into it then.
            worker.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void furnish() {
        for (String name : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
            if (cluster.find("/namespaces", "", name).isEmpty()) {
                ObjectNode namespace = Trees.object("{'apiVersion':'v1','kind':'Namespace'}");
                namespace.putObject("metadata").put("name", name);
                cluster.create("/namespaces", namespace);
            }
        }
        if (cluster.find("/nodes", "", Pods.NODE).isEmpty()) {
            ObjectNode node = cluster.create(
                    "/nodes",
                    Trees.object("{'apiVersion':'v1','kind':'Node','metadata':{'name':'sandbox','labels':"
                            + "{'kubernetes.io/hostname':'sandbox','kubernetes.io/os':'linux'}}}"));
            ObjectNode status = Trees.object("{'allocatable':{'cpu':'10000','memory':'10Ti','pods':'100000'},"
                    + "'capacity':{'cpu':'10000','memory':'10Ti','pods':'100000'},"
                    + "'nodeInfo':{'kubeletVersion':'tiphys-sandbox','osImage':'simulated'}}");
            Conditions.set(status, "Ready", "True", "KubeletReady", "simulated", objects.now());
            cluster.setStatus(node, status, Writer.NODE);
        }
    }

    private void onChange(Change change) {
        cluster.note(change);
        enqueue(change.key());
        ObjectNode gone = change.before();
        ObjectNode object = change.after() == null ? gone : change.after();
        if (object == null) {
            return;
        }
        wakeOwners(object);
        if (change.before() == null) {
            submit(() -> garbage.adopt(object));
        }
        if (change.after() == null && gone != null) {
            submit(() -> garbage.collect(gone));
            wakeKeepers(change.key());
        }
    }

    private void wakeOwners(ObjectNode object) {
        object.path("metadata")
                .path("ownerReferences")
                .forEach(owner -> objects.types()
                        .byKind(
                                owner.path("apiVersion").asText(),
                                owner.path("kind").asText())
                        .ifPresent(type -> enqueue(new ObjectKey(
                                type.storage(),
                                type.namespaced() ? Trees.namespace(object) : "",
                                owner.path("name").asText()))));
    }

    /** A namespace or a definition that leaves waits for its last object. */
    private void wakeKeepers(ObjectKey gone) {
        if (!gone.namespace().isEmpty()) {
            enqueue(new ObjectKey("/namespaces", "", gone.namespace()));
        }
        int slash = gone.storage().indexOf('/');
        enqueue(new ObjectKey(
                "apiextensions.k8s.io/customresourcedefinitions",
                "",
                gone.storage().substring(slash + 1) + "." + gone.storage().substring(0, slash)));
    }

    private void enqueue(ObjectKey key) {
        if (queued.add(key)) {
            submit(() -> {
                queued.remove(key);
                reconcile(key);
            });
        }
    }

    private void reconcile(ObjectKey key) {
        Optional<ObjectNode> found = objects.store().get(key);
        if (found.isEmpty()) {
            return;
        }
        ObjectNode object = found.get();
        try {
            if (Trees.isLeaving(object)) {
                garbage.finalizeDeletion(object);
            }
            Controller controller = controllers.get(key.storage());
            if (controller != null) {
                controller.reconcile(object).ifPresent(rest -> later(key, rest));
            }
        } catch (ApiFailure overtaken) {
            // The object changed or went meanwhile; the next look sees it as it is.
            log.log(System.Logger.Level.DEBUG, () -> key + " was overtaken: " + overtaken.getMessage());
            later(key, AFTER_FAILURE);
        } catch (RuntimeException bug) {
            log.log(System.Logger.Level.ERROR, () -> "the simulation of " + key + " failed", bug);
            later(key, AFTER_FAILURE);
        }
    }

    private void later(ObjectKey key, Duration rest) {
        try {
            // A little late rather than early: a timer that fires before its time would only be set again.
            var _ = worker.schedule(() -> enqueue(key), rest.toMillis() + 1, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.log(System.Logger.Level.DEBUG, () -> "closing, " + key + " waits for the next start");
        }
    }

    private void submit(Runnable task) {
        try {
            worker.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException bug) {
                    log.log(System.Logger.Level.ERROR, "the simulation failed", bug);
                }
            });
        } catch (RejectedExecutionException e) {
            log.log(System.Logger.Level.DEBUG, "closing; what is left waits for the next start");
        }
    }
}
