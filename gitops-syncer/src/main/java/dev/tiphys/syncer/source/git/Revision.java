package dev.tiphys.syncer.source.git;

import dev.tiphys.syncer.source.VersionConstraint;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;

/** A target revision, looked up in Argo CD's order: commit, highest tag of a constraint, branch, tag, abbreviated commit. */
record Revision(String text) {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ABBREVIATED = Pattern.compile("[0-9a-f]{7,39}");
    private static final Pattern FORBIDDEN = Pattern.compile("^-|[\\p{Cntrl} ~^:?*\\[\\\\]|\\.\\.|@\\{|^$");

    static Revision of(String targetRevision) {
        String stripped = targetRevision.strip();
        return new Revision(stripped.isEmpty() ? Constants.HEAD : stripped);
    }

    boolean isCommit() {
        return COMMIT.matcher(text).matches();
    }

    boolean isAbbreviated() {
        return ABBREVIATED.matcher(text).matches();
    }

    /** Whether a repository can have it at all; what looks like an option or an expression is refused. */
    boolean isFit() {
        return constraint().isPresent() || !FORBIDDEN.matcher(text).find();
    }

    Optional<VersionConstraint> constraint() {
        return VersionConstraint.parse(text);
    }

    /** The refs that the server needs to tell; none for all. */
    List<String> prefixes() {
        if (constraint().isPresent() || isAbbreviated()) {
            return List.of(Constants.R_HEADS, Constants.R_TAGS);
        }
        if (text.equals(Constants.HEAD)) {
            return List.of(Constants.HEAD);
        }
        return text.startsWith(Constants.R_REFS)
                ? List.of(text)
                : List.of(Constants.R_HEADS + text, Constants.R_TAGS + text);
    }

    Optional<Ref> in(Collection<Ref> refs) {
        return constraint()
                .flatMap(constraint -> constraint.highest(refs.stream()
                        .map(Ref::getName)
                        .filter(name -> name.startsWith(Constants.R_TAGS))
                        .map(name -> name.substring(Constants.R_TAGS.length()))
                        .toList()))
                .flatMap(tag -> named(refs, Constants.R_TAGS + tag))
                .or(() -> named(refs, text))
                .or(() -> named(refs, Constants.R_HEADS + text))
                .or(() -> named(refs, Constants.R_TAGS + text));
    }

    private static Optional<Ref> named(Collection<Ref> refs, String name) {
        return refs.stream().filter(ref -> ref.getName().equals(name)).findFirst();
    }
}
