package dev.tiphys.contracts.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of one ref, the same for every provider.
 *
 * @param provider for example {@code github}
 * @param repository the name of the Repository definition
 * @param fullName the repository's path at the provider, for example {@code acme/shop}
 * @param url the definition's URL
 * @param ref the full ref, for example {@code refs/heads/main}
 * @param branch the branch's name; null for a tag
 * @param tag the tag's name; null for a branch
 * @param revision the commit that the ref points to now, 40 hex digits; null if the ref was deleted
 * @param before the commit that the ref pointed to before; null if it was created
 * @param changedPaths every path added, modified or removed; null if the sender did not tell, or not all
 * @param author who made the newest commit; null if not told
 * @param message the first line of the newest commit's message; null if not told
 * @param link a page that shows the change; null if not told
 * @param forced whether history was rewritten
 */
public record GitChange(
        String provider,
        String repository,
        String fullName,
        String url,
        String ref,
        @Nullable String branch,
        @Nullable String tag,
        @Nullable String revision,
        @Nullable String before,
        @Nullable List<String> changedPaths,
        @Nullable String author,
        @Nullable String message,
        @Nullable String link,
        boolean forced) {

    public GitChange {
        changedPaths = changedPaths == null ? null : List.copyOf(changedPaths);
        if ((branch == null) == (tag == null)) {
            throw new IllegalArgumentException(ref + " must be either a branch or a tag");
        }
    }

    /** {@return whether the ref was deleted: such a change never starts or deploys anything} */
    public boolean deleted() {
        return revision == null;
    }
}
