package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.gateway.delivery.Delivery;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Bitbucket Data Center's deliveries. A push may be of several refs, and tells neither paths nor all commits. */
record BitbucketServerMapper(Repository repository) implements GitMapper {
    /** What its addresses by https have before project and repository. */
    private static final String SCM = "scm/";

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return delivery.header("x-request-id");
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
        JsonNode repository = body.path("repository");
        String project = Texts.text(repository.path("project").path("key"));
        String slug = Texts.text(repository.path("slug"));
        return project == null || slug == null ? List.of() : List.of(project + "/" + slug);
    }

    @Override
    public boolean isOurs(List<String> names) {
        String ours = repository().fullName().toLowerCase(Locale.ROOT);
        int scm = ours.startsWith(SCM) ? 0 : ours.indexOf("/" + SCM) + 1;
        String path = ours.startsWith(SCM, scm) ? ours.substring(scm + SCM.length()) : ours;
        return names.stream().anyMatch(path::equalsIgnoreCase);
    }

    @Override
    public Optional<List<RefUpdate>> updates(String type, JsonNode body) {
        return type.equals("repo:refs_changed")
                ? Optional.of(GitMapper.elements(body.path("changes")).stream()
                        .map(change -> update(body, change))
                        .toList())
                : Optional.empty();
    }

    private static RefUpdate update(JsonNode body, JsonNode change) {
        JsonNode commit = body.path("toCommit");
        JsonNode shown = commit.path("id").equals(change.path("toHash")) ? commit : change.path("toCommit");
        return new RefUpdate(
                Texts.found(change.path("ref").path("id")).orElse(Texts.text(change.path("refId"))),
                Texts.text(change.path("fromHash")),
                Texts.text(change.path("toHash")),
                change.path("type").asText("").equals("DELETE"),
                RefUpdate.Forced.UNTOLD,
                Commits.UNKNOWN,
                new RefUpdate.Shown(author(shown, body.path("actor")), Texts.text(shown.path("message")), null),
                GitMapper.alone(body, "changes", change));
    }

    private static @Nullable String author(JsonNode commit, JsonNode actor) {
        return Texts.found(commit.path("author").path("name")).orElse(Texts.text(actor.path("displayName")));
    }
}
