package dev.tiphys.syncer.source;

import dev.tiphys.contracts.definition.Application;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which files of a repository belong to an application, as Argo CD's directory source chooses them: {@code *.yaml},
 * {@code *.yml} and {@code *.json}, matched by include and exclude globs on the path below the directory.
 *
 * @param path the directory in the repository; empty, {@code .} or {@code /} for its root
 * @param recurse whether folders below it count
 * @param include globs of which one must match; none means all
 * @param exclude globs of which none may match
 */
public record Selection(String path, boolean recurse, List<String> include, List<String> exclude) {

    private static final Set<String> OTHER_TOOLS =
            Set.of("kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml");

    public Selection {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /** {@return the selection of an application's source} */
    public static Selection of(Application.Source source) {
        return new Selection(source.path(), source.recurse(), source.include(), source.exclude());
    }

    /** {@return the directory from the repository's root, without slashes at its ends; empty for the root} */
    public String directory() {
        return Arrays.stream(path.split("/", -1))
                .filter(part -> !part.isEmpty() && !".".equals(part))
                .collect(Collectors.joining("/"));
    }

    /** {@return whether the path stays inside the repository} */
    public boolean staysInside() {
        return Arrays.stream(path.split("/", -1)).noneMatch(".."::equals) && path.indexOf('\0') < 0;
    }

    /** {@return whether a push that touches a path of the repository may change what is selected} */
    public boolean touchedBy(String changedPath) {
        String directory = directory();
        if (directory.isEmpty()) {
            return chooses(changedPath);
        }
        return changedPath.equals(directory)
                || (changedPath.startsWith(directory + "/") && chooses(changedPath.substring(directory.length() + 1)));
    }

    /** {@return whether a file is read: manifests, and what shows that another tool is meant} */
    public boolean chooses(String below) {
        return choosesManifest(below) || isOfOtherTool(below);
    }

    boolean choosesManifest(String below) {
        return (recurse || below.indexOf('/') < 0)
                && (below.endsWith(".yaml") || below.endsWith(".yml") || below.endsWith(".json"))
                && included(below);
    }

    /** Whether a file shows that Argo CD would render the directory with another tool. */
    boolean isOfOtherTool(String below) {
        boolean jsonnet = below.endsWith(".jsonnet") && (recurse || below.indexOf('/') < 0);
        return (OTHER_TOOLS.contains(below) || jsonnet) && included(below);
    }

    private boolean included(String below) {
        return (include.isEmpty()
                        || include.stream().anyMatch(glob -> Glob.of(glob).matches(below)))
                && exclude.stream().noneMatch(glob -> Glob.of(glob).matches(below));
    }
}
