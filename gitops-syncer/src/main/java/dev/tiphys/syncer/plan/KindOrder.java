package dev.tiphys.syncer.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Argo CD's order of kinds. Kinds that it does not name come last. */
final class KindOrder {
    private static final List<String> KINDS = List.of(
            "Namespace",
            "NetworkPolicy",
            "ResourceQuota",
            "LimitRange",
            "PodSecurityPolicy",
            "PodDisruptionBudget",
            "ServiceAccount",
            "Secret",
            "SecretList",
            "ConfigMap",
            "StorageClass",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "CustomResourceDefinition",
            "ClusterRole",
            "ClusterRoleList",
            "ClusterRoleBinding",
            "ClusterRoleBindingList",
            "Role",
            "RoleList",
            "RoleBinding",
            "RoleBindingList",
            "Service",
            "DaemonSet",
            "Pod",
            "ReplicationController",
            "ReplicaSet",
            "Deployment",
            "HorizontalPodAutoscaler",
            "StatefulSet",
            "Job",
            "CronJob",
            "IngressClass",
            "Ingress",
            "APIService");

    private static final Map<String, Integer> RANKS = ranks();

    private KindOrder() {}

    static int rank(String kind) {
        return RANKS.getOrDefault(kind, KINDS.size());
    }

    private static Map<String, Integer> ranks() {
        Map<String, Integer> ranks = new HashMap<>();
        for (String kind : KINDS) {
            ranks.put(kind, ranks.size());
        }
        return Map.copyOf(ranks);
    }
}
