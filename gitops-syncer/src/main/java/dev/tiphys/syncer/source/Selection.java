package dev.tiphys.syncer.source;

import dev.tiphys.contracts.definition.Application;
import java.util.List;

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

    public Selection {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /** {@return the selection of an application's source} */
    public static Selection of(Application.Source source) {
        return new Selection(source.path(), source.recurse(), source.include(), source.exclude());
    }
}
