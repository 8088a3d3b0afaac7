package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.GitUrl;
import dev.tiphys.contracts.event.GitChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The definitions that the syncer reads, with an index that leads from a push to the applications it touches. Immutable. */
public final class Catalog {
    /** No definition at all. */
    public static final Catalog EMPTY = new Catalog(-1, List.of(), List.of(), Set.of());

    private static final Pattern CONSTRAINT = Pattern.compile(".*[*^~<>=|,].*|v?\\d+(\\.(\\d+|[xX*]))*( .*)?");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{40}");
    private static final String BRANCH_PREFIX = "refs/heads/";
    private static final String TAG_PREFIX = "refs/tags/";

    private final Map<String, Application> applications = new HashMap<>();
    private final Map<String, List<Application>> byRepository = new HashMap<>();
    private final Map<String, Repository> repositories = new HashMap<>();
    private final long offset;
    private final Set<String> cascading;

    private Catalog(
            long offset,
            Collection<Application> applications,
            Collection<Repository> repositories,
            Set<String> cascading) {
        this.offset = offset;
        for (Application application : applications) {
            this.applications.put(application.name(), application);
            byRepository
                    .computeIfAbsent(GitUrl.normalised(application.source().repoUrl()), _ -> new ArrayList<>())
                    .add(application);
        }
        for (Repository repository : repositories) {
            this.repositories.put(GitUrl.normalised(repository.url()), repository);
        }
        this.cascading = Set.copyOf(cascading);
    }

    /**
     * {@return a catalog}
     *
     * @param offset the version of the definitions
     * @param cascading the names of the applications whose objects go when they go
     */
    public static Catalog of(
            long offset,
            Collection<Application> applications,
            Collection<Repository> repositories,
            Set<String> cascading) {
        return new Catalog(offset, applications, repositories, cascading);
    }

    /** {@return the version of the definitions} */
    public long offset() {
        return offset;
    }

    /** {@return the application of a name; empty if there is none} */
    public Optional<Application> application(String name) {
        return Optional.ofNullable(applications.get(name));
    }

    /** {@return all applications by name} */
    public Map<String, Application> applications() {
        return Map.copyOf(applications);
    }

    /** {@return the definition of the repository at a URL; empty if there is none} */
    public Optional<Repository> repository(String url) {
        return Optional.ofNullable(repositories.get(GitUrl.normalised(url)));
    }

    /** {@return whether the objects of an application go when it goes} */
    public boolean cascades(String application) {
        return cascading.contains(application);
    }

    /** {@return the applications that follow what a push changed, whatever paths it changed} */
    public List<Application> following(GitChange change) {
        if (change.deleted()) {
            return List.of();
        }
        return byRepository.getOrDefault(GitUrl.normalised(change.url()), List.of()).stream()
                .filter(application -> follows(application.source().targetRevision(), change))
                .toList();
    }

    /**
     * {@return whether a change of these paths can change an application}
     *
     * @param paths null if they are not known
     */
    public static boolean touches(Application.Source source, @Nullable List<String> paths) {
        if (paths == null) {
            return true;
        }
        String directory = source.path().replaceAll("^(\\./|/)+|/+$", "");
        if (directory.isEmpty() || directory.equals(".")) {
            return !paths.isEmpty();
        }
        return paths.stream().anyMatch(path -> path.startsWith(directory + "/"));
    }

    private static boolean follows(String targetRevision, GitChange change) {
        if (COMMIT.matcher(targetRevision).matches()) {
            return false;
        }
        String branch = change.branch();
        if (branch != null) {
            boolean perhapsDefault = targetRevision.isEmpty() || targetRevision.equals("HEAD");
            return perhapsDefault || targetRevision.equals(branch) || targetRevision.equals(BRANCH_PREFIX + branch);
        }
        String tag = change.tag();
        return targetRevision.equals(tag)
                || targetRevision.equals(TAG_PREFIX + tag)
                || CONSTRAINT.matcher(targetRevision).matches();
    }
}
