package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The kinds that the sandbox knows: Kubernetes' own that workloads use, and those that definitions add. */
public final class ResourceTypes {

    static final String DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions";

    /** group/version plural Kind scope[+subresources] short names. */
    private static final String BUILT_IN = """
            v1 namespaces Namespace cluster+status ns
            v1 nodes Node cluster+status no
            v1 pods Pod namespaced+status+log po
            v1 services Service namespaced+status svc
            v1 configmaps ConfigMap namespaced cm
            v1 secrets Secret namespaced
            v1 serviceaccounts ServiceAccount namespaced sa
            v1 events Event namespaced ev
            v1 endpoints Endpoints namespaced ep
            v1 limitranges LimitRange namespaced limits
            v1 resourcequotas ResourceQuota namespaced+status quota
            v1 persistentvolumes PersistentVolume cluster+status pv
            v1 persistentvolumeclaims PersistentVolumeClaim namespaced+status pvc
            v1 replicationcontrollers ReplicationController namespaced+status+scale rc
            apps/v1 deployments Deployment namespaced+status+scale deploy
            apps/v1 replicasets ReplicaSet namespaced+status+scale rs
            apps/v1 statefulsets StatefulSet namespaced+status+scale sts
            apps/v1 daemonsets DaemonSet namespaced+status ds
            apps/v1 controllerrevisions ControllerRevision namespaced
            batch/v1 jobs Job namespaced+status
            batch/v1 cronjobs CronJob namespaced+status cj
            networking.k8s.io/v1 ingresses Ingress namespaced+status ing
            networking.k8s.io/v1 ingressclasses IngressClass cluster
            networking.k8s.io/v1 networkpolicies NetworkPolicy namespaced netpol
            rbac.authorization.k8s.io/v1 roles Role namespaced
            rbac.authorization.k8s.io/v1 rolebindings RoleBinding namespaced
            rbac.authorization.k8s.io/v1 clusterroles ClusterRole cluster
            rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding cluster
            autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler namespaced+status hpa
            policy/v1 poddisruptionbudgets PodDisruptionBudget namespaced+status pdb
            storage.k8s.io/v1 storageclasses StorageClass cluster sc
            scheduling.k8s.io/v1 priorityclasses PriorityClass cluster pc
            coordination.k8s.io/v1 leases Lease namespaced
            discovery.k8s.io/v1 endpointslices EndpointSlice namespaced
            admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration cluster
            admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration cluster
            apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition cluster+status crd crds
            """;

    private static final List<ResourceType> KUBERNETES =
            BUILT_IN.lines().map(ResourceTypes::builtIn).toList();

    private volatile List<ResourceType> all = KUBERNETES;

    /** Every kind in every version. */
    public List<ResourceType> all() {
        return all;
    }

    /** The kind that a request path names. */
    public Optional<ResourceType> byResource(String group, String version, String plural) {
        return all.stream()
                .filter(type -> type.plural().equals(plural)
                        && type.group().equals(group)
                        && type.version().equals(version))
                .findFirst();
    }

    /** The kind that an object names. */
    public Optional<ResourceType> byKind(String apiVersion, String kind) {
        return all.stream()
                .filter(type -> type.kind().equals(kind) && type.apiVersion().equals(apiVersion))
                .findFirst();
    }

    /** The kind of a stored object, in the first version that is served. */
    public Optional<ResourceType> byStorage(String storage) {
        return all.stream().filter(type -> type.storage().equals(storage)).findFirst();
    }

    /** Takes over the present definitions. */
    void define(List<ObjectNode> definitions) {
        List<ResourceType> types = new ArrayList<>(KUBERNETES);
        for (ObjectNode definition : definitions) {
            JsonNode spec = definition.path("spec");
            for (JsonNode version : spec.path("versions")) {
                if (version.path("served").asBoolean()) {
                    types.add(custom(spec, version));
                }
            }
        }
        all = List.copyOf(types);
    }

    private static ResourceType custom(JsonNode spec, JsonNode version) {
        Set<String> subresources = new HashSet<>();
        version.path("subresources").fieldNames().forEachRemaining(subresources::add);
        List<String> shortNames = new ArrayList<>();
        spec.path("names").path("shortNames").forEach(name -> shortNames.add(name.asText()));
        JsonNode schema = version.path("schema").path("openAPIV3Schema");
        return new ResourceType(
                spec.path("group").asText(),
                version.path("name").asText(),
                spec.path("names").path("kind").asText(),
                spec.path("names").path("plural").asText(),
                shortNames,
                spec.path("scope").asText().equals("Namespaced"),
                subresources,
                schema.isObject() ? schema : Trees.object());
    }

    private static ResourceType builtIn(String line) {
        String[] words = line.strip().split(" ", -1);
        int slash = words[0].indexOf('/');
        List<String> scope = List.of(words[3].split("\\+", -1));
        return new ResourceType(
                slash < 0 ? "" : words[0].substring(0, slash),
                words[0].substring(slash + 1),
                words[2],
                words[1],
                List.of(words).subList(4, words.length),
                scope.getFirst().equals("namespaced"),
                Set.copyOf(scope.subList(1, scope.size())),
                MissingNode.getInstance());
    }
}
