package dev.tiphys.sandbox.fields;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The shapes of Kubernetes' own kinds. They repeat a field's name with the same meaning nearly everywhere, so a name, or
 * a name below a parent, is enough; a name that is not listed is atomic, as Kubernetes treats a list without a key.
 */
public final class BuiltInShapes implements Shapes {

    private static final ListShape ATOMIC = new ListShape.Atomic();
    private static final ListShape BY_NAME = ListShape.keyed("name");

    private static final Map<String, ListShape> LISTS = Map.ofEntries(
            Map.entry("metadata/finalizers", new ListShape.SetOf()),
            Map.entry("metadata/ownerReferences", ListShape.keyed("uid")),
            Map.entry("containers", BY_NAME),
            Map.entry("initContainers", BY_NAME),
            Map.entry("ephemeralContainers", BY_NAME),
            Map.entry("containers/env", BY_NAME),
            Map.entry("initContainers/env", BY_NAME),
            Map.entry("containers/ports", ListShape.keyed("containerPort", "protocol=TCP")),
            Map.entry("initContainers/ports", ListShape.keyed("containerPort", "protocol=TCP")),
            Map.entry("volumeMounts", ListShape.keyed("mountPath")),
            Map.entry("volumeDevices", ListShape.keyed("devicePath")),
            Map.entry("volumes", BY_NAME),
            Map.entry("imagePullSecrets", BY_NAME),
            Map.entry("resourceClaims", BY_NAME),
            Map.entry("schedulingGates", BY_NAME),
            Map.entry("hostAliases", ListShape.keyed("ip")),
            Map.entry("topologySpreadConstraints", ListShape.keyed("topologyKey", "whenUnsatisfiable")),
            Map.entry("conditions", ListShape.keyed("type")),
            Map.entry("podIPs", ListShape.keyed("ip")),
            Map.entry("webhooks", BY_NAME),
            Map.entry("/secrets", BY_NAME));

    /** The kinds whose {@code spec.ports} is a service's. */
    private static final ListShape SERVICE_PORTS = ListShape.keyed("port", "protocol=TCP");

    private static final Set<String> ATOMIC_MAPS = Set.of(
            "selector",
            "labelSelector",
            "podSelector",
            "namespaceSelector",
            "objectSelector",
            "nodeSelector",
            "secretKeyRef",
            "configMapKeyRef",
            "fieldRef",
            "resourceFieldRef",
            "scaleTargetRef",
            "roleRef");

    private final boolean service;

    /** The shapes of one of Kubernetes' own kinds. */
    public BuiltInShapes(String kind) {
        this.service = kind.equals("Service");
    }

    @Override
    public ListShape listAt(List<String> path) {
        String name = path.getLast();
        String parent = path.size() < 2 ? "" : path.get(path.size() - 2);
        if (service && parent.equals("spec") && name.equals("ports")) {
            return SERVICE_PORTS;
        }
        return LISTS.getOrDefault(parent + "/" + name, LISTS.getOrDefault(name, ATOMIC));
    }

    @Override
    public boolean isAtomicMap(List<String> path) {
        return ATOMIC_MAPS.contains(path.getLast());
    }
}
