package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.syncer.source.Manifest;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What the repository wants, each object once and in its namespace. */
final class Desired {
    /** Hooks that an ordinary sync would have to run; leaving them out would change what the sync means. */
    private static final Set<String> RUN_IN_A_SYNC =
            Set.of("PreSync", "Sync", "PostSync", "pre-install", "pre-upgrade", "post-install", "post-upgrade");

    private final Map<ObjectKey, Applied> objects = Planning.ordered();
    private final List<ManifestProblem> problems = new ArrayList<>();
    private final List<ManifestProblem> warnings = new ArrayList<>();
    private final Map<ObjectKey, Integer> waves = new HashMap<>();
    private final Map<KindName, Boolean> defined = new HashMap<>();

    private record KindName(String group, String kind) {}

    private Desired() {}

    static Desired of(List<Manifest> manifests, PlanOptions options, Scopes scopes) {
        Desired desired = new Desired();
        manifests.forEach(desired::learnKind);
        for (Manifest manifest : manifests) {
            desired.place(manifest, options, scopes);
        }
        desired.moveDependenciesForward();
        return desired;
    }

    Map<ObjectKey, Applied> objects() {
        return objects;
    }

    List<ManifestProblem> problems() {
        return problems;
    }

    List<ManifestProblem> warnings() {
        return warnings;
    }

    int wave(Applied applied) {
        return waves.getOrDefault(applied.ref().key(), 0);
    }

    /** The place in the order of kinds; objects of a kind that this very sync defines come after its definition. */
    int rank(Applied applied) {
        KindName kind = new KindName(applied.ref().group(), applied.ref().kind());
        return defined.containsKey(kind) ? KindOrder.rank("") : KindOrder.rank(kind.kind());
    }

    private void learnKind(Manifest manifest) {
        if (isDefinition(manifest.ref())) {
            JsonNode spec = manifest.tree().path("spec");
            KindName kind = new KindName(
                    spec.path("group").asText(""),
                    spec.path("names").path("kind").asText(""));
            defined.put(kind, !"Cluster".equals(spec.path("scope").asText()));
        }
    }

    private static boolean isDefinition(ObjectRef ref) {
        return "apiextensions.k8s.io".equals(ref.group()) && "CustomResourceDefinition".equals(ref.kind());
    }

    private static boolean isNamespace(ObjectRef ref) {
        return ref.group().isEmpty() && "Namespace".equals(ref.kind());
    }

    private void place(Manifest manifest, PlanOptions options, Scopes scopes) {
        if (isHook(manifest)) {
            return;
        }
        boolean namespaced = namespaced(manifest.ref(), scopes);
        String own = manifest.ref().namespace();
        String namespace = namespaced ? Objects.requireNonNullElse(own, options.namespace()) : null;
        if (namespaced && options.namespace().isEmpty() && own == null) {
            problems.add(problem(
                    manifest,
                    "has no metadata.namespace, and the application's spec.destination names no namespace: set one"));
            return;
        }
        Applied applied = Applied.of(manifest, namespace, options);
        if (Marks.wave(applied.tree()).isEmpty()) {
            warnings.add(problem(manifest, Marks.WAVE + " is not a number: it counts as 0"));
        }
        Applied earlier = objects.put(applied.ref().key(), applied);
        waves.put(applied.ref().key(), Marks.wave(applied.tree()).orElse(0));
        if (earlier != null) {
            warnings.add(problem(
                    manifest,
                    "is also in " + earlier.manifest().file() + ":"
                            + earlier.manifest().line() + "; the last one counts"));
        }
    }

    private boolean namespaced(ObjectRef ref, Scopes scopes) {
        if (isNamespace(ref)) {
            return false;
        }
        return Optional.ofNullable(defined.get(new KindName(ref.group(), ref.kind())))
                .or(() -> scopes.namespaced(ref.group(), ref.kind()))
                .orElse(true);
    }

    private boolean isHook(Manifest manifest) {
        String hook = Marks.hook(manifest.tree());
        if (hook.isEmpty()) {
            return false;
        }
        boolean needed = Arrays.stream(hook.split(",", -1)).map(String::strip).anyMatch(RUN_IN_A_SYNC::contains);
        if (needed) {
            problems.add(problem(
                    manifest,
                    "is a " + hook + " hook, and hooks are not run yet: a sync without it would mean something else"));
        } else if (!"Skip".equals(hook)) {
            warnings.add(problem(manifest, "is a " + hook + " hook, and hooks are not run yet: it is left out"));
        }
        return true;
    }

    private static ManifestProblem problem(Manifest manifest, String message) {
        return new ManifestProblem(
                manifest.file(), manifest.line(), 0, manifest.ref().text() + " " + message);
    }

    /** A namespace, or the definition of a kind, in a later wave than what needs it would never be reached. */
    private void moveDependenciesForward() {
        for (Applied dependency : objects.values()) {
            if (isNamespace(dependency.ref()) || isDefinition(dependency.ref())) {
                int earliest = objects.values().stream()
                        .filter(other -> needs(other, dependency))
                        .mapToInt(this::wave)
                        .min()
                        .orElse(Integer.MAX_VALUE);
                waves.merge(dependency.ref().key(), earliest, Math::min);
            }
        }
    }

    private static boolean needs(Applied object, Applied dependency) {
        if (isNamespace(dependency.ref())) {
            return dependency.ref().name().equals(object.ref().namespace());
        }
        JsonNode spec = dependency.tree().path("spec");
        return object.ref().group().equals(spec.path("group").asText())
                && object.ref().kind().equals(spec.path("names").path("kind").asText());
    }

    /** The namespaces in which something is wanted. */
    Set<String> namespaces() {
        Set<String> namespaces = new HashSet<>();
        for (Applied applied : objects.values()) {
            String namespace = applied.ref().namespace();
            if (namespace != null) {
                namespaces.add(namespace);
            }
        }
        return namespaces;
    }
}
