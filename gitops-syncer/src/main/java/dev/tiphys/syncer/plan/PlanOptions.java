package dev.tiphys.syncer.plan;

import dev.tiphys.contracts.definition.Application;

/**
 * What an application allows.
 *
 * @param application the name in the tracking annotation
 * @param namespace the destination's namespace; empty if the manifests name their own
 * @param prune whether owned objects that the repository no longer names are deleted
 * @param pruneLast whether they are deleted after everything else
 * @param pruneDisabled whether {@code Prune=false} holds for all objects
 * @param allowEmpty whether an empty rendering may delete everything
 * @param createNamespace whether the destination's namespace is created if it is missing
 * @param fieldManager under which name the cluster remembers which fields are ours
 */
public record PlanOptions(
        String application,
        String namespace,
        boolean prune,
        boolean pruneLast,
        boolean pruneDisabled,
        boolean allowEmpty,
        boolean createNamespace,
        String fieldManager) {

    /** {@return the options of an application; {@code prune} is the caller's decision for this one sync} */
    public static PlanOptions of(Application application, boolean prune, String fieldManager) {
        Application.Automated automated = application.automated();
        return new PlanOptions(
                application.key().name(),
                application.destination().namespace(),
                prune,
                application.has("PruneLast=true"),
                application.has("Prune=false"),
                automated != null && automated.allowEmpty(),
                application.has("CreateNamespace=true"),
                fieldManager);
    }
}
