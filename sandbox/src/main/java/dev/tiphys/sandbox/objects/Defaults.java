package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** What Kubernetes fills in when an object does not say it: the fields that a client sees in a live object. */
final class Defaults {

    private Defaults() {}

    /** Fills in the absent fields of one of Kubernetes' own kinds, in place. */
    static void fill(ResourceType type, ObjectNode object) {
        if (type.isCustom()) {
            return;
        }
        switch (type.kind()) {
            case "Deployment" -> deployment(object.withObjectProperty("spec"));
            case "StatefulSet" -> statefulSet(object.withObjectProperty("spec"));
            case "DaemonSet" -> daemonSet(object.withObjectProperty("spec"));
            case "ReplicaSet", "ReplicationController" -> {
                Trees.fallback(object.withObjectProperty("spec"), "replicas", 1);
                template(object.withObjectProperty("spec"));
            }
            case "Job" -> job(object.withObjectProperty("spec"));
            case "CronJob" -> cronJob(object.withObjectProperty("spec"));
            case "Pod" -> pod(object.withObjectProperty("spec"));
            case "Service" -> service(object.withObjectProperty("spec"));
            case "PersistentVolumeClaim" ->
                Trees.fallback(object.withObjectProperty("spec"), "volumeMode", "Filesystem");
            case "Secret" -> secret(object);
            case "Namespace" -> namespace(object);
            case "NetworkPolicy" -> networkPolicy(object.withObjectProperty("spec"));
            case "HorizontalPodAutoscaler" -> Trees.fallback(object.withObjectProperty("spec"), "minReplicas", 1);
            case "StorageClass" -> {
                Trees.fallback(object, "reclaimPolicy", "Delete");
                Trees.fallback(object, "volumeBindingMode", "Immediate");
            }
            case "RoleBinding", "ClusterRoleBinding" -> roleBinding(object);
            case "CustomResourceDefinition" -> definition(object.withObjectProperty("spec"));
            default -> {
                // the other kinds have no defaults that a client meets
            }
        }
    }

    private static void deployment(ObjectNode spec) {
        Trees.fallback(spec, "replicas", 1);
        Trees.fallback(spec, "revisionHistoryLimit", 10);
        Trees.fallback(spec, "progressDeadlineSeconds", 600);
        ObjectNode strategy = spec.withObjectProperty("strategy");
        Trees.fallback(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asText().equals("RollingUpdate")) {
            ObjectNode rolling = strategy.withObjectProperty("rollingUpdate");
            Trees.fallback(rolling, "maxSurge", "25%");
            Trees.fallback(rolling, "maxUnavailable", "25%");
        }
        template(spec);
    }

    private static void statefulSet(ObjectNode spec) {
        Trees.fallback(spec, "replicas", 1);
        Trees.fallback(spec, "revisionHistoryLimit", 10);
        Trees.fallback(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = spec.withObjectProperty("updateStrategy");
        Trees.fallback(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asText().equals("RollingUpdate")) {
            Trees.fallback(strategy.withObjectProperty("rollingUpdate"), "partition", 0);
        }
        ObjectNode retention = spec.withObjectProperty("persistentVolumeClaimRetentionPolicy");
        Trees.fallback(retention, "whenDeleted", "Retain");
        Trees.fallback(retention, "whenScaled", "Retain");
        for (ObjectNode claim : Trees.objects(spec.path("volumeClaimTemplates"))) {
            Trees.fallback(claim, "apiVersion", "v1");
            Trees.fallback(claim, "kind", "PersistentVolumeClaim");
            Trees.fallback(claim.withObjectProperty("spec"), "volumeMode", "Filesystem");
            Trees.fallback(claim.withObjectProperty("status"), "phase", "Pending");
        }
        template(spec);
    }

    private static void daemonSet(ObjectNode spec) {
        Trees.fallback(spec, "revisionHistoryLimit", 10);
        ObjectNode strategy = spec.withObjectProperty("updateStrategy");
        Trees.fallback(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asText().equals("RollingUpdate")) {
            ObjectNode rolling = strategy.withObjectProperty("rollingUpdate");
            Trees.fallback(rolling, "maxSurge", 0);
            Trees.fallback(rolling, "maxUnavailable", 1);
        }
        template(spec);
    }

    private static void job(ObjectNode spec) {
        if (!spec.has("completions") && !spec.has("parallelism")) {
            spec.put("completions", 1);
        }
        Trees.fallback(spec, "parallelism", 1);
        Trees.fallback(spec, "backoffLimit", 6);
        Trees.fallback(spec, "completionMode", "NonIndexed");
        Trees.fallback(spec, "podReplacementPolicy", "TerminatingOrFailed");
        if (!spec.has("suspend")) {
            spec.put("suspend", false);
        }
        if (!spec.has("manualSelector")) {
            spec.put("manualSelector", false);
        }
        template(spec);
    }

    private static void cronJob(ObjectNode spec) {
        Trees.fallback(spec, "concurrencyPolicy", "Allow");
        Trees.fallback(spec, "successfulJobsHistoryLimit", 3);
        Trees.fallback(spec, "failedJobsHistoryLimit", 1);
        if (!spec.has("suspend")) {
            spec.put("suspend", false);
        }
        template(spec.withObjectProperty("jobTemplate").withObjectProperty("spec"));
    }

    private static void template(ObjectNode spec) {
        ObjectNode template = spec.withObjectProperty("template");
        pod(template.withObjectProperty("spec"));
    }

    private static void pod(ObjectNode spec) {
        Trees.fallback(spec, "restartPolicy", "Always");
        Trees.fallback(spec, "terminationGracePeriodSeconds", 30);
        Trees.fallback(spec, "dnsPolicy", "ClusterFirst");
        Trees.fallback(spec, "schedulerName", "default-scheduler");
        spec.withObjectProperty("securityContext");
        if (spec.has("serviceAccountName")) {
            spec.set("serviceAccount", spec.get("serviceAccountName"));
        }
        for (ObjectNode container : Trees.objects(spec.path("initContainers"))) {
            container(container);
        }
        for (ObjectNode container : Trees.objects(spec.path("containers"))) {
            container(container);
        }
        for (ObjectNode volume : Trees.objects(spec.path("volumes"))) {
            volume(volume);
        }
    }

    private static void container(ObjectNode container) {
        Trees.fallback(
                container, "imagePullPolicy", pullPolicy(container.path("image").asText()));
        Trees.fallback(container, "terminationMessagePath", "/dev/termination-log");
        Trees.fallback(container, "terminationMessagePolicy", "File");
        container.withObjectProperty("resources");
        for (ObjectNode port : Trees.objects(container.path("ports"))) {
            Trees.fallback(port, "protocol", "TCP");
        }
        for (ObjectNode variable : Trees.objects(container.path("env"))) {
            if (variable.path("valueFrom").path("fieldRef") instanceof ObjectNode field) {
                Trees.fallback(field, "apiVersion", "v1");
            }
        }
        for (String name : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.get(name) instanceof ObjectNode probe) {
                probe(probe);
            }
        }
    }

    private static String pullPolicy(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        boolean moves = name.endsWith(":latest") || (!name.contains(":") && !name.contains("@"));
        return moves ? "Always" : "IfNotPresent";
    }

    private static void probe(ObjectNode probe) {
        Trees.fallback(probe, "timeoutSeconds", 1);
        Trees.fallback(probe, "periodSeconds", 10);
        Trees.fallback(probe, "successThreshold", 1);
        Trees.fallback(probe, "failureThreshold", 3);
        if (probe.get("httpGet") instanceof ObjectNode get) {
            Trees.fallback(get, "path", "/");
            Trees.fallback(get, "scheme", "HTTP");
        }
        if (probe.get("grpc") instanceof ObjectNode grpc) {
            Trees.fallback(grpc, "service", "");
        }
    }

    private static void volume(ObjectNode volume) {
        for (String source : List.of("configMap", "secret", "projected", "downwardAPI")) {
            if (volume.get(source) instanceof ObjectNode files) {
                Trees.fallback(files, "defaultMode", 420);
            }
        }
        if (volume.get("hostPath") instanceof ObjectNode path) {
            Trees.fallback(path, "type", "");
        }
    }

    private static void service(ObjectNode spec) {
        Trees.fallback(spec, "type", "ClusterIP");
        Trees.fallback(spec, "sessionAffinity", "None");
        String type = spec.path("type").asText();
        if (!type.equals("ExternalName")) {
            Trees.fallback(spec, "internalTrafficPolicy", "Cluster");
            Trees.fallback(spec, "ipFamilyPolicy", "SingleStack");
            if (!spec.has("ipFamilies")) {
                spec.putArray("ipFamilies").add("IPv4");
            }
        }
        if (type.equals("NodePort") || type.equals("LoadBalancer")) {
            Trees.fallback(spec, "externalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer") && !spec.has("allocateLoadBalancerNodePorts")) {
            spec.put("allocateLoadBalancerNodePorts", true);
        }
        for (ObjectNode port : Trees.objects(spec.path("ports"))) {
            Trees.fallback(port, "protocol", "TCP");
            if (!port.has("targetPort")) {
                port.set("targetPort", port.path("port"));
            }
        }
    }

    private static void secret(ObjectNode secret) {
        Trees.fallback(secret, "type", "Opaque");
        if (secret.remove("stringData") instanceof ObjectNode plain) {
            ObjectNode coded = secret.withObjectProperty("data");
            plain.properties()
                    .forEach(field -> coded.put(
                            field.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(field.getValue().asText().getBytes(StandardCharsets.UTF_8))));
        }
    }

    private static void namespace(ObjectNode namespace) {
        Trees.metadata(namespace)
                .withObjectProperty("labels")
                .put("kubernetes.io/metadata.name", Trees.name(namespace));
        ObjectNode spec = namespace.withObjectProperty("spec");
        if (!spec.has("finalizers")) {
            spec.putArray("finalizers").add("kubernetes");
        }
        Trees.fallback(namespace.withObjectProperty("status"), "phase", "Active");
    }

    private static void networkPolicy(ObjectNode spec) {
        spec.withObjectProperty("podSelector");
        if (!spec.has("policyTypes")) {
            var types = spec.putArray("policyTypes").add("Ingress");
            if (spec.has("egress")) {
                types.add("Egress");
            }
        }
    }

    private static void roleBinding(ObjectNode binding) {
        if (binding.get("roleRef") instanceof ObjectNode role) {
            Trees.fallback(role, "apiGroup", "rbac.authorization.k8s.io");
        }
        for (ObjectNode subject : Trees.objects(binding.path("subjects"))) {
            if (!subject.path("kind").asText().equals("ServiceAccount")) {
                Trees.fallback(subject, "apiGroup", "rbac.authorization.k8s.io");
            }
        }
    }

    private static void definition(ObjectNode spec) {
        spec.withObjectProperty("conversion").put("strategy", "None");
        ObjectNode names = spec.withObjectProperty("names");
        JsonNode kind = names.path("kind");
        Trees.fallback(names, "listKind", kind.asText() + "List");
        Trees.fallback(names, "singular", kind.asText().toLowerCase(Locale.ROOT));
    }
}
