package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.ObjectKey;
import dev.tiphys.sandbox.objects.Trees;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Furnishes a new namespace, and empties one that leaves. */
final class Namespaces implements Controller {

    private final Cluster cluster;

    Namespaces(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Optional<Duration> reconcile(ObjectNode namespace) {
        if (Trees.isLeaving(namespace)) {
            empty(namespace);
            return Optional.empty();
        }
        furnish(
                "/serviceaccounts",
                namespace,
                Trees.object("{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'default'}}"));
        furnish(
                "/configmaps",
                namespace,
                Trees.object("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'kube-root-ca.crt'},"
                        + "'data':{'ca.crt':'the sandbox has no authority inside'}}"));
        return Optional.empty();
    }

    private void furnish(String storage, ObjectNode namespace, ObjectNode object) {
        if (cluster.find(storage, Trees.name(namespace), Trees.name(object)).isEmpty()) {
            Trees.metadata(object).put("namespace", Trees.name(namespace));
            cluster.create(storage, object);
        }
    }

    private void empty(ObjectNode namespace) {
        boolean isEmpty = true;
        for (Map.Entry<ObjectKey, ObjectNode> entry :
                cluster.objects().store().all().entrySet()) {
            if (entry.getKey().namespace().equals(Trees.name(namespace))) {
                cluster.delete(entry.getValue());
                isEmpty &= cluster.objects().store().get(entry.getKey()).isEmpty();
            }
        }
        if (isEmpty) {
            cluster.objects().finish(cluster.address(namespace));
        }
    }
}
