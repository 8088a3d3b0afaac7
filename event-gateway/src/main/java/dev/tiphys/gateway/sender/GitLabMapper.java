package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.gateway.delivery.Delivery;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** GitLab's deliveries. It lists up to 20 commits and says how many there are. */
record GitLabMapper(Repository repository) implements GitMapper {
    private static final Set<String> PUSHES = Set.of("push", "tag_push");

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Stream.of("idempotency-key", "webhook-id", "x-gitlab-event-uuid")
                .flatMap(header -> delivery.header(header).stream())
                .findFirst();
    }

    @Override
    public String typeMissing() {
        return "the header X-Gitlab-Event is missing: is the sender GitLab?";
    }

    @Override
    public Optional<String> type(Delivery delivery, JsonNode body) {
        return delivery.header("x-gitlab-event");
    }

    @Override
    public boolean isPing(String type) {
        return false;
    }

    @Override
    public List<String> about(JsonNode body) {
        JsonNode project = body.path("project");
        return GitMapper.present(
                project.path("path_with_namespace"), project.path("git_http_url"), project.path("git_ssh_url"));
    }

    @Override
    public Optional<List<RefUpdate>> updates(String type, JsonNode body) {
        return PUSHES.contains(body.path("object_kind").asText(""))
                ? Optional.of(List.of(update(body)))
                : Optional.empty();
    }

    private static RefUpdate update(JsonNode body) {
        JsonNode commits = body.path("commits");
        String after = Texts.text(body.path("after"));
        // Of a tag with a message, "after" is the tag and not the commit.
        String commit = Texts.found(body.path("checkout_sha")).orElse(after);
        JsonNode head = head(commits, commit);
        return new RefUpdate(
                Texts.text(body.path("ref")),
                Texts.text(body.path("before")),
                after == null || after.matches("0+") ? after : commit,
                /* deleted= */ false,
                RefUpdate.Forced.UNTOLD,
                Commits.counted(commits, body.path("total_commits_count")),
                new RefUpdate.Shown(
                        Texts.found(head.path("author").path("name")).orElse(Texts.text(body.path("user_name"))),
                        Texts.text(head.path("message")),
                        Texts.link(head.path("url"))),
                null);
    }

    private static JsonNode head(JsonNode commits, @Nullable String id) {
        for (JsonNode commit : commits) {
            if (commit.path("id").asText("").equals(id)) {
                return commit;
            }
        }
        return MissingNode.getInstance();
    }
}
