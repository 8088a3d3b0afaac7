package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.GitUrl;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.delivery.Verdict.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Git server's deliveries. Pushes of branches and tags are understood; everything else is irrelevant. */
sealed interface GitMapper extends Mapper
        permits GitHubMapper, GitLabMapper, GiteaMapper, BitbucketMapper, BitbucketServerMapper, AzureDevOpsMapper {
    /** Nobody pushes more refs at once and wants to hear of each. */
    int MAX_REFS = 1_000;

    /** {@return whose endpoint it is} */
    Repository repository();

    /** {@return what to say where the sender does not say what kind of event it is} */
    String typeMissing();

    /** {@return the kind of event, in the sender's word} */
    Optional<String> type(Delivery delivery, JsonNode body);

    /** {@return whether this kind of event only asks whether anybody is there} */
    boolean isPing(String type);

    /** {@return the repository that the delivery is about: its full name, its URL, or both; empty if it is about none} */
    List<String> about(JsonNode body);

    /** {@return what became of which refs; empty if this kind of event is not about that} */
    Optional<List<RefUpdate>> updates(String type, JsonNode body);

    /** {@return whether one of the names is the repository's} */
    default boolean isOurs(List<String> names) {
        String url = normalised(repository().url()).orElse("");
        return names.stream()
                .anyMatch(name -> name.equalsIgnoreCase(repository().fullName())
                        || (name.contains("://")
                                && normalised(name).filter(url::equals).isPresent()));
    }

    @Override
    default Meaning meaning(Delivery delivery, JsonNode body) {
        Optional<String> type = type(delivery, body);
        if (type.isEmpty()) {
            return new Meaning.Refused(Refusal.MALFORMED, typeMissing());
        }
        List<String> about = about(body);
        if (isPing(type.get()) && about.isEmpty()) {
            return new Meaning.Nothing("ping");
        }
        if (!isOurs(about)) {
            return new Meaning.Refused(
                    Refusal.FOREIGN, "this endpoint belongs to another repository than the delivery is about");
        }
        if (isPing(type.get())) {
            return new Meaning.Nothing("ping");
        }
        return updates(type.get(), body)
                .map(updates -> meaning(type.get(), updates))
                .orElseGet(() -> new Meaning.Nothing("nothing here is started by this kind of event"));
    }

    private Meaning meaning(String type, List<RefUpdate> updates) {
        if (updates.size() > MAX_REFS) {
            return new Meaning.Refused(Refusal.MALFORMED, "a push is of up to " + MAX_REFS + " refs");
        }
        if (!updates.stream().allMatch(RefUpdate::complete)) {
            return new Meaning.Refused(Refusal.MALFORMED, "a push needs ref and after");
        }
        List<RefUpdate> known =
                updates.stream().filter(RefUpdate::ofBranchOrTag).toList();
        if (known.isEmpty()) {
            return new Meaning.Nothing("the ref is neither a branch nor a tag");
        }
        List<Happening> happenings = known.stream()
                .filter(update -> !update.byRuns())
                .map(update ->
                        new Happening(Texts.type(type, "push"), null, update.change(repository()), update.body()))
                .toList();
        return happenings.isEmpty()
                ? new Meaning.Nothing("every commit was made by a run, as its trailer " + Commits.RUN_TRAILER + " says")
                : new Meaning.Happened(happenings);
    }

    /** {@return the texts that are there} */
    static List<String> present(JsonNode... nodes) {
        return Stream.of(nodes).flatMap(node -> Texts.found(node).stream()).toList();
    }

    /**
     * {@return a delivery about several refs with one of them alone, so that a push of many does not become as many copies of
     * all; null if it is about one anyway}
     *
     * @param list where the refs are: names with slashes between
     */
    static @Nullable JsonNode alone(JsonNode body, String list, JsonNode update) {
        return body.at("/" + list).size() < 2 ? null : with(body, list, update);
    }

    private static JsonNode with(JsonNode object, String list, JsonNode update) {
        int slash = list.indexOf('/');
        String name = slash < 0 ? list : list.substring(0, slash);
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(field -> copy.set(field.getKey(), field.getValue()));
        copy.set(
                name,
                slash < 0
                        ? JsonNodeFactory.instance.arrayNode().add(update)
                        : with(object.path(name), list.substring(slash + 1), update));
        return copy;
    }

    /** {@return an update for each element of an array; empty if it is no array: no push looks so} */
    static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.elements().forEachRemaining(elements::add);
        return array.isArray() ? elements : List.of();
    }

    private static Optional<String> normalised(String url) {
        try {
            return Optional.of(GitUrl.normalised(url));
        } catch (IllegalArgumentException e) {
            // No URL, and so nobody's.
            return Optional.empty();
        }
    }
}
