package dev.tiphys.contracts.definition;

import dev.tiphys.contracts.definition.Application.Automated;
import dev.tiphys.contracts.definition.Application.Destination;
import dev.tiphys.contracts.definition.Application.Source;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads Argo CD's Application as far as it is acted upon: a single source, a directory of YAML. */
final class ArgoApplication {
    private static final String READ = "what is read is a single source with a directory of YAML"
            + " (repoURL, path, targetRevision, directory.recurse, .include, .exclude)";
    private static final String LATER = "it is not read yet";
    private static final String IN_CLUSTER = "https://kubernetes.default.svc";

    private ArgoApplication() {}

    static @Nullable Definition application(DefinitionKey key, Fields spec) {
        String project = spec.text("project", "default");
        spec.refused("sources", "several sources are not read yet; " + READ);
        spec.refused("sourceHydrator", "a hydrated source is not read yet; " + READ);
        Source source = spec.has("source") || (!spec.has("sources") && !spec.has("sourceHydrator"))
                ? source(spec.mapping("source"))
                : new Source("", "", "", false, List.of(), List.of());
        Destination destination = destination(spec.mapping("destination"));
        Fields policy = spec.optionalMapping("syncPolicy");
        Automated automated = policy == null ? null : automated(policy);
        List<String> options = policy == null ? List.of() : policy.texts("syncOptions", ArgoApplication::wrongOption);
        if (policy != null) {
            policy.passedOver("retry", LATER);
            policy.passedOver("managedNamespaceMetadata", LATER);
            policy.end();
        }
        int history = spec.whole("revisionHistoryLimit", Application.DEFAULT_HISTORY, 0, 1000);
        spec.passedOver("ignoreDifferences", LATER);
        spec.free("info");
        spec.end();
        return spec.inspection().failed()
                ? null
                : new Application(key, project, source, destination, automated, new LinkedHashSet<>(options), history);
    }

    private static @Nullable String wrongOption(String option) {
        return option.indexOf('=') > 0 ? null : "expected an option such as CreateNamespace=true";
    }

    private static Source source(Fields source) {
        source.refused("helm", "Helm charts are not rendered yet; " + READ);
        source.refused("chart", "Helm charts are not rendered yet; " + READ);
        source.refused("kustomize", "Kustomize is not rendered yet; " + READ);
        source.refused("plugin", "plugins are not run; " + READ);
        source.refused("ref", "a source that others refer to needs several sources, which are not read yet; " + READ);
        source.free("name");
        String url = source.checked("repoURL", Syntax::wrongWithGitUrl);
        String path = source.has("chart") ? "" : source.checked("path", ArgoApplication::wrongPath);
        String revision = source.text("targetRevision", "HEAD");
        Fields directory = source.optionalMapping("directory");
        source.end();
        if (directory == null) {
            return new Source(url, path, revision, false, List.of(), List.of());
        }
        directory.refused("jsonnet", "Jsonnet is not rendered yet; " + READ);
        boolean recurse = directory.flag("recurse", false);
        List<String> include = globs(directory, "include");
        List<String> exclude = globs(directory, "exclude");
        directory.end();
        return new Source(url, path, revision, recurse, include, exclude);
    }

    private static @Nullable String wrongPath(String path) {
        boolean leaves = path.startsWith("/") || Arrays.asList(path.split("/")).contains("..");
        return leaves
                ? "expected a path inside of the repository, without a slash at its beginning and without .."
                : null;
    }

    /** Argo CD takes one glob, and several as <code>{a,b}</code>. */
    private static List<String> globs(Fields directory, String name) {
        if (!directory.has(name)) {
            return List.of();
        }
        String glob = directory.checked(name, Syntax::wrongWithGlob);
        boolean several = glob.startsWith("{") && glob.indexOf('}') == glob.length() - 1 && glob.lastIndexOf('{') == 0;
        return several ? List.of(glob.substring(1, glob.length() - 1).split(",")) : List.of(glob);
    }

    private static Destination destination(Fields destination) {
        String namespace = destination.text("namespace", DefinitionKey.DEFAULT_NAMESPACE);
        String name = destination.optionalText("name");
        if (name != null && !name.equals("in-cluster")) {
            destination
                    .inspection()
                    .error(
                            destination.path("name"),
                            "clusters are not named yet: expected server, or the name in-cluster");
        }
        if (name != null && destination.has("server")) {
            destination.inspection().error(destination.path(), "expected either server or name, met both");
        }
        String server =
                destination.has("server") ? destination.checked("server", Syntax::wrongWithHttpUrl) : IN_CLUSTER;
        if (name == null && !destination.has("server")) {
            destination.text("server");
        }
        destination.end();
        return new Destination(server, namespace);
    }

    private static @Nullable Automated automated(Fields policy) {
        Fields automated = policy.optionalMapping("automated");
        if (automated == null) {
            return null;
        }
        Automated found = new Automated(
                automated.flag("prune", false), automated.flag("selfHeal", false), automated.flag("allowEmpty", false));
        boolean enabled = automated.flag("enabled", true);
        automated.end();
        return enabled ? found : null;
    }
}
