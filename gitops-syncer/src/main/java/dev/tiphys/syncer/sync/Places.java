package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.sync.SyncFact.Problem;
import dev.tiphys.syncer.source.Manifest;
import dev.tiphys.syncer.source.ManifestProblem;
import dev.tiphys.syncer.source.ObjectKey;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.source.Rendering.Rendered;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows where in the repository an object is written. */
final class Places {
    private final Map<ObjectKey, Manifest> manifests = new HashMap<>();

    Places(Rendered rendered, String namespace) {
        for (Manifest manifest : rendered.manifests()) {
            manifests.put(manifest.ref().key(), manifest);
            manifests.putIfAbsent(manifest.ref().in(namespace).key(), manifest);
        }
    }

    Problem problem(ObjectRef ref, String message) {
        Manifest manifest = manifests.get(ref.key());
        return manifest == null
                ? new Problem(ref.text(), null, null, message)
                : new Problem(ref.text(), manifest.file(), manifest.line(), message);
    }

    static List<Problem> problems(List<ManifestProblem> problems) {
        return problems.stream().map(Places::problem).toList();
    }

    private static Problem problem(ManifestProblem problem) {
        return new Problem(
                null, emptyToNull(problem.file()), problem.line() == 0 ? null : problem.line(), problem.message());
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
