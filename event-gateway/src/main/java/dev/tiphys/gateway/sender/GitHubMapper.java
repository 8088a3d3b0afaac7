package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * GitHub's deliveries. Pushes of branches and tags are understood; a ping is answered; everything else is irrelevant.
 *
 * @param repository whose endpoint it is
 */
record GitHubMapper(Repository repository) implements Mapper {
    /** GitHub lists no more commits of a push than these: a list of this length is not complete. */
    static final int COMMIT_LIMIT = 2048;

    private static final String BRANCH = "refs/heads/";
    private static final String TAG = "refs/tags/";
    private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}");
    private static final Pattern NOWHERE = Pattern.compile("0+");
    private static final Pattern REF = Pattern.compile("refs/(heads|tags)/[^\\p{Cntrl} ~^:?*\\[\\\\]{1,1000}");
    private static final Pattern LINK = Pattern.compile("https?://[^\\s\\p{Cntrl}\"<>]{1,2000}");
    private static final int SHOWN = 250;

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return delivery.header("x-github-delivery");
    }

    @Override
    public Meaning meaning(Delivery delivery, JsonNode body) {
        Optional<String> type = delivery.header("x-github-event");
        if (type.isEmpty()) {
            return new Meaning.Refused(
                    Refusal.MALFORMED, "the header X-GitHub-Event is missing: is the sender GitHub?");
        }
        String name = text(body.path("repository").path("full_name"));
        if (type.get().equals("ping") && name == null) {
            return new Meaning.Nothing("ping");
        }
        if (name == null || !name.equalsIgnoreCase(repository.fullName())) {
            return new Meaning.Refused(
                    Refusal.FOREIGN, "this endpoint belongs to another repository than the delivery is about");
        }
        return switch (type.get()) {
            case "push" -> push(body);
            case "ping" -> new Meaning.Nothing("ping");
            default -> new Meaning.Nothing("nothing here is started by this kind of event");
        };
    }

    private Meaning push(JsonNode body) {
        String ref = text(body.path("ref"));
        String after = text(body.path("after"));
        if (ref == null || after == null || !COMMIT.matcher(after).matches()) {
            return new Meaning.Refused(Refusal.MALFORMED, "a push needs ref and after");
        }
        if (!REF.matcher(ref).matches()) {
            return new Meaning.Nothing("the ref is neither a branch nor a tag");
        }
        return Meaning.Happened.one("push", change(body, ref, after));
    }

    private GitChange change(JsonNode body, String ref, String after) {
        boolean tag = ref.startsWith(TAG);
        boolean deleted =
                NOWHERE.matcher(after).matches() || body.path("deleted").asBoolean(false);
        String before = commit(body.path("before"));
        boolean forced = body.path("forced").asBoolean(false);
        JsonNode head = body.path("head_commit");
        return new GitChange(
                repository.provider(),
                repository.name(),
                repository.fullName(),
                repository.url(),
                ref,
                tag ? null : ref.substring(BRANCH.length()),
                tag ? ref.substring(TAG.length()) : null,
                deleted ? null : after,
                before,
                // The commits of a forced push leave out what went away; those of a tag or a new branch say nothing.
                tag || deleted || forced || before == null ? null : changedPaths(body.path("commits")),
                author(head, body.path("pusher")),
                firstLine(text(head.path("message"))),
                link(body.path("compare")),
                forced);
    }

    /** {@return all paths that the commits touch; null if the list does not tell them all} */
    private static @Nullable List<String> changedPaths(JsonNode commits) {
        if (!commits.isArray() || commits.isEmpty() || commits.size() >= COMMIT_LIMIT) {
            return null;
        }
        Set<String> paths = new LinkedHashSet<>();
        for (JsonNode commit : commits) {
            for (String list : List.of("added", "modified", "removed")) {
                if (!addAll(commit.path(list), paths)) {
                    return null;
                }
            }
        }
        return List.copyOf(paths);
    }

    private static boolean addAll(JsonNode list, Set<String> paths) {
        if (!list.isArray()) {
            return false;
        }
        for (JsonNode path : list) {
            if (!path.isTextual()) {
                return false;
            }
            paths.add(path.textValue());
        }
        return true;
    }

    private static @Nullable String author(JsonNode head, JsonNode pusher) {
        String author = text(head.path("author").path("name"));
        return firstLine(author == null ? text(pusher.path("name")) : author);
    }

    private static @Nullable String commit(JsonNode node) {
        String text = text(node);
        boolean known = text != null
                && COMMIT.matcher(text).matches()
                && !NOWHERE.matcher(text).matches();
        return known ? text : null;
    }

    private static @Nullable String link(JsonNode node) {
        String text = text(node);
        return text != null && LINK.matcher(text).matches() ? text : null;
    }

    private static @Nullable String firstLine(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String line = text.lines().findFirst().orElse("").strip();
        int end = Math.min(line.length(), SHOWN);
        return line.isEmpty() ? null : line.substring(0, end);
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() && !node.textValue().isBlank() ? node.textValue() : null;
    }
}
