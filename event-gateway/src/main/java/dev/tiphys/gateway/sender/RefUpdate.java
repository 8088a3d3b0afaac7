package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.event.GitChange;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a Git server says of one ref, not yet believed to make sense.
 *
 * @param ref the full ref; null if it is not told
 * @param before null, no commit or zeros if the ref was created
 * @param after null or zeros if it was deleted
 * @param deleted whether the sender says in another way that it was deleted
 * @param forced whether commits were left behind, which no list of commits has
 * @param body what its event carries; null for the whole delivery
 */
record RefUpdate(
        @Nullable String ref,
        @Nullable String before,
        @Nullable String after,
        boolean deleted,
        Forced forced,
        Commits commits,
        Shown shown,
        @Nullable JsonNode body) {
    static final String BRANCH = "refs/heads/";
    static final String TAG = "refs/tags/";

    private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}");
    private static final Pattern NOWHERE = Pattern.compile("0+");
    private static final Pattern REF = Pattern.compile("refs/(heads|tags)/[^\\p{Cntrl} ~^:?*\\[\\\\]{1,1000}");

    /** Whether a push was forced. Most senders do not tell. */
    enum Forced {
        YES,
        NO,
        UNTOLD;

        /** {@return what a flag says} */
        static Forced of(JsonNode flag) {
            return !flag.isBoolean() ? UNTOLD : flag.booleanValue() ? YES : NO;
        }
    }

    /** What people are shown of it. */
    record Shown(
            @Nullable String author,
            @Nullable String message,
            @Nullable String link) {
        /** Nothing is told. */
        static final Shown NOTHING = new Shown(null, null, null);
    }

    /** {@return whether it can be told where the ref is now} */
    boolean complete() {
        return ref != null && (gone() || (after != null && COMMIT.matcher(after).matches()));
    }

    /** {@return whether it is a branch or a tag} */
    boolean ofBranchOrTag() {
        return ref != null && REF.matcher(ref).matches();
    }

    /** {@return whether all that came is the work of runs of ours} */
    boolean byRuns() {
        return isUpdateOfABranch() && forced != Forced.YES && commits.allByRuns();
    }

    /** {@return the change; for a complete update of a branch or tag} */
    GitChange change(Repository repository) {
        String full = String.valueOf(ref);
        boolean tag = full.startsWith(TAG);
        return new GitChange(
                repository.provider(),
                repository.name(),
                repository.fullName(),
                repository.url(),
                full,
                tag ? null : full.substring(BRANCH.length()),
                tag ? full.substring(TAG.length()) : null,
                gone() ? null : after,
                known(before),
                isUpdateOfABranch() && forced == Forced.NO ? commits.changedPaths() : null,
                Texts.firstLine(shown.author()),
                Texts.firstLine(shown.message()),
                shown.link(),
                forced == Forced.YES);
    }

    /** The commits of a tag or a new branch say nothing. */
    private boolean isUpdateOfABranch() {
        return ref != null && !ref.startsWith(TAG) && !gone() && known(before) != null;
    }

    private boolean gone() {
        return deleted || (after != null && NOWHERE.matcher(after).matches());
    }

    private static @Nullable String known(@Nullable String commit) {
        boolean known = commit != null
                && COMMIT.matcher(commit).matches()
                && !NOWHERE.matcher(commit).matches();
        return known ? commit : null;
    }
}
