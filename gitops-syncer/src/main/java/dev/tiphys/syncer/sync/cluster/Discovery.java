package dev.tiphys.syncer.sync.cluster;

import dev.tiphys.syncer.source.ObjectRef;
import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The kinds that the cluster serves. Asked once for each group, and again when a kind is missing. Thread-safe. */
final class Discovery {
    /** How long a kind that was not there is taken as still not there. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final ConcurrentHashMap<String, Group> groups = new ConcurrentHashMap<>();

    Discovery(KubernetesClient client) {
        this.client = client;
    }

    private record VersionedKind(String version, String kind) {}

    private record Group(Map<VersionedKind, ResourceDefinitionContext> kinds, long readAt) {
        @Nullable
        ResourceDefinitionContext find(String version, String kind) {
            return kinds.get(new VersionedKind(version, kind));
        }

        boolean fresh() {
            return System.nanoTime() - readAt < PATIENCE.toNanos();
        }
    }

    /** {@return how the cluster calls a kind; empty if it does not know it} */
    Optional<ResourceDefinitionContext> find(ObjectRef ref) {
        Group group = groups.computeIfAbsent(ref.group(), this::read);
        ResourceDefinitionContext found = group.find(ref.version(), ref.kind());
        if (found == null && !group.fresh()) {
            Group again = read(ref.group());
            groups.put(ref.group(), again);
            found = again.find(ref.version(), ref.kind());
        }
        return Optional.ofNullable(found);
    }

    /** {@return whether a kind of any version lives in namespaces; empty if the cluster does not know it} */
    Optional<Boolean> namespaced(String group, String kind) {
        Group known = groups.computeIfAbsent(group, this::read);
        Optional<Boolean> found = namespaced(known, kind);
        if (found.isPresent() || known.fresh()) {
            return found;
        }
        Group again = read(group);
        groups.put(group, again);
        return namespaced(again, kind);
    }

    private static Optional<Boolean> namespaced(Group group, String kind) {
        return group.kinds().entrySet().stream()
                .filter(entry -> entry.getKey().kind().equals(kind))
                .map(entry -> entry.getValue().isNamespaceScoped())
                .findFirst();
    }

    private Group read(String group) {
        Map<VersionedKind, ResourceDefinitionContext> kinds = new HashMap<>();
        for (String version : versions(group)) {
            APIResourceList resources = client.getApiResources(group.isEmpty() ? version : group + "/" + version);
            if (resources == null) {
                continue;
            }
            for (APIResource resource : resources.getResources()) {
                if (!resource.getName().contains("/")) {
                    kinds.put(new VersionedKind(version, resource.getKind()), context(group, version, resource));
                }
            }
        }
        return new Group(Map.copyOf(kinds), System.nanoTime());
    }

    private List<String> versions(String group) {
        if (group.isEmpty()) {
            return List.of("v1");
        }
        APIGroup found = client.getApiGroup(group);
        return found == null
                ? List.of()
                : found.getVersions().stream()
                        .map(GroupVersionForDiscovery::getVersion)
                        .toList();
    }

    private static ResourceDefinitionContext context(String group, String version, APIResource resource) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(resource.getKind())
                .withPlural(resource.getName())
                .withNamespaced(Boolean.TRUE.equals(resource.getNamespaced()))
                .build();
    }
}
