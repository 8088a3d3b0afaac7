package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.gateway.delivery.Delivery;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The deliveries of Gitea, and of Forgejo, which came from it. They list few commits and say how many there are. */
record GiteaMapper(Repository repository) implements GitMapper {
    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return first(delivery, "delivery");
    }

    @Override
    public String typeMissing() {
        return "the header X-Gitea-Event or X-Forgejo-Event is missing: is the sender Gitea or Forgejo?";
    }

    @Override
    public Optional<String> type(Delivery delivery, JsonNode body) {
        return first(delivery, "event");
    }

    @Override
    public boolean isPing(String type) {
        return false;
    }

    @Override
    public List<String> about(JsonNode body) {
        JsonNode repository = body.path("repository");
        return GitMapper.present(
                repository.path("full_name"), repository.path("clone_url"), repository.path("ssh_url"));
    }

    @Override
    public Optional<List<RefUpdate>> updates(String type, JsonNode body) {
        return switch (type) {
            case "push" -> Optional.of(List.of(push(body)));
            case "delete" -> Optional.of(List.of(deletion(body)));
            default -> Optional.empty();
        };
    }

    private static RefUpdate push(JsonNode body) {
        JsonNode head = body.path("head_commit");
        return new RefUpdate(
                Texts.text(body.path("ref")),
                Texts.text(body.path("before")),
                Texts.text(body.path("after")),
                /* deleted= */ false,
                RefUpdate.Forced.UNTOLD,
                Commits.counted(body.path("commits"), body.path("total_commits")),
                new RefUpdate.Shown(
                        Texts.found(head.path("author").path("name")).orElse(pusher(body.path("pusher"))),
                        Texts.text(head.path("message")),
                        Texts.link(body.path("compare_url"))),
                null);
    }

    /** A ref that is gone has a kind of event of its own, and is called by its short name there. */
    private static RefUpdate deletion(JsonNode body) {
        String name = Texts.text(body.path("ref"));
        String prefix = body.path("ref_type").asText("").equals("tag") ? RefUpdate.TAG : RefUpdate.BRANCH;
        return new RefUpdate(
                name == null ? null : prefix + name,
                null,
                null,
                /* deleted= */ true,
                RefUpdate.Forced.UNTOLD,
                Commits.UNKNOWN,
                RefUpdate.Shown.NOTHING,
                null);
    }

    private static @Nullable String pusher(JsonNode pusher) {
        return Texts.found(pusher.path("full_name")).orElse(Texts.text(pusher.path("login")));
    }

    private static Optional<String> first(Delivery delivery, String what) {
        return Stream.of("x-forgejo-", "x-gitea-")
                .flatMap(prefix -> delivery.header(prefix + what).stream())
                .findFirst();
    }
}
