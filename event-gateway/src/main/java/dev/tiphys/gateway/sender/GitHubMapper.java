package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.gateway.delivery.Delivery;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** GitHub's deliveries. */
record GitHubMapper(Repository repository) implements GitMapper {
    /** GitHub lists no more commits of a push than these: a list of this length is not complete. */
    static final int COMMIT_LIMIT = 2048;

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return delivery.header("x-github-delivery");
    }

    @Override
    public String typeMissing() {
        return "the header X-GitHub-Event is missing: is the sender GitHub?";
    }

    @Override
    public Optional<String> type(Delivery delivery, JsonNode body) {
        return delivery.header("x-github-event");
    }

    @Override
    public boolean isPing(String type) {
        return type.equals("ping");
    }

    @Override
    public List<String> about(JsonNode body) {
        return GitMapper.present(body.path("repository").path("full_name"));
    }

    @Override
    public Optional<List<RefUpdate>> updates(String type, JsonNode body) {
        return type.equals("push") ? Optional.of(List.of(update(body))) : Optional.empty();
    }

    private static RefUpdate update(JsonNode body) {
        JsonNode head = body.path("head_commit");
        JsonNode commits = body.path("commits");
        return new RefUpdate(
                Texts.text(body.path("ref")),
                Texts.text(body.path("before")),
                revision(body, head),
                body.path("deleted").asBoolean(false),
                RefUpdate.Forced.of(body.path("forced")),
                Commits.of(commits, commits.size() < COMMIT_LIMIT),
                new RefUpdate.Shown(
                        author(head, body.path("pusher")),
                        Texts.text(head.path("message")),
                        Texts.link(body.path("compare"))),
                null);
    }

    /** An annotated tag is an object of its own: what it stands on is the head commit. */
    private static @Nullable String revision(JsonNode body, JsonNode head) {
        String commit = body.path("ref").asText("").startsWith("refs/tags/") ? Texts.text(head.path("id")) : null;
        return commit == null ? Texts.text(body.path("after")) : commit;
    }

    private static @Nullable String author(JsonNode head, JsonNode pusher) {
        String author = Texts.text(head.path("author").path("name"));
        return author == null ? Texts.text(pusher.path("name")) : author;
    }
}
