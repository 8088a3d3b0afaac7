package dev.tiphys.contracts.definition;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An Argo CD Application with a single source: a directory of YAML in a Git repository.
 *
 * @param project Argo CD's project, by default {@code default}
 * @param automated null if it does not sync itself
 * @param syncOptions as written, for example {@code CreateNamespace=true}
 * @param revisionHistoryLimit how many deployments are remembered
 */
public record Application(
        DefinitionKey key,
        String project,
        Source source,
        Destination destination,
        @Nullable Automated automated,
        Set<String> syncOptions,
        int revisionHistoryLimit)
        implements Definition {

    /** Argo CD's default of {@code revisionHistoryLimit}. */
    public static final int DEFAULT_HISTORY = 10;

    public Application {
        syncOptions = Set.copyOf(syncOptions);
    }

    /** {@return whether a sync option is set, for example {@code CreateNamespace=true}} */
    public boolean has(String syncOption) {
        return syncOptions.contains(syncOption);
    }

    /**
     * Where the manifests are.
     *
     * @param targetRevision a branch, tag, commit, {@code HEAD} or semver constraint
     * @param include globs; empty means all YAML and JSON files
     * @param exclude globs; empty means none
     */
    public record Source(
            String repoUrl,
            String path,
            String targetRevision,
            boolean recurse,
            List<String> include,
            List<String> exclude) {
        public Source {
            include = List.copyOf(include);
            exclude = List.copyOf(exclude);
        }
    }

    /** Where the objects go. {@code https://kubernetes.default.svc} is the cluster that the syncer is given. */
    public record Destination(String server, String namespace) {}

    /** How the application syncs itself. */
    public record Automated(boolean prune, boolean selfHeal, boolean allowEmpty) {}
}
