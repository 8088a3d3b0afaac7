package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.gateway.delivery.Delivery;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Bitbucket Cloud's deliveries. A push may be of several refs, and tells no paths. */
record BitbucketMapper(Repository repository) implements GitMapper {
    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return delivery.header("x-request-uuid");
    }

    @Override
    public String typeMissing() {
        return "the header X-Event-Key is missing: is the sender Bitbucket?";
    }

    @Override
    public Optional<String> type(Delivery delivery, JsonNode body) {
        return delivery.header("x-event-key");
    }

    @Override
    public boolean isPing(String type) {
        return type.equals("diagnostics:ping");
    }

    @Override
    public List<String> about(JsonNode body) {
        return GitMapper.present(body.path("repository").path("full_name"));
    }

    @Override
    public Optional<List<RefUpdate>> updates(String type, JsonNode body) {
        return type.equals("repo:push")
                ? Optional.of(GitMapper.elements(body.path("push").path("changes")).stream()
                        .map(change -> update(body, change))
                        .toList())
                : Optional.empty();
    }

    private static RefUpdate update(JsonNode body, JsonNode change) {
        JsonNode now = change.path("new");
        JsonNode before = change.path("old");
        JsonNode target = now.path("target");
        boolean deleted = !now.isObject() && (change.path("closed").asBoolean(false) || before.isObject());
        return new RefUpdate(
                ref(now.isObject() ? now : before),
                Texts.text(before.path("target").path("hash")),
                Texts.text(target.path("hash")),
                deleted,
                RefUpdate.Forced.of(change.path("forced")),
                Commits.of(
                        change.path("commits"),
                        change.path("truncated").isBoolean()
                                && !change.path("truncated").booleanValue()),
                new RefUpdate.Shown(
                        author(target.path("author"), body.path("actor")),
                        Texts.text(target.path("message")),
                        Texts.link(change.path("links").path("html").path("href"))),
                GitMapper.alone(body, "push/changes", change));
    }

    private static @Nullable String ref(JsonNode ref) {
        String name = Texts.text(ref.path("name"));
        String prefix = ref.path("type").asText("").equals("tag") ? RefUpdate.TAG : RefUpdate.BRANCH;
        return name == null ? null : prefix + name;
    }

    private static @Nullable String author(JsonNode author, JsonNode actor) {
        return Texts.found(author.path("user").path("display_name"))
                .or(() -> Texts.found(author.path("raw")))
                .orElse(Texts.text(actor.path("display_name")));
    }
}
