package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.GitUrl;
import dev.tiphys.gateway.delivery.Delivery;
import java.net.URLDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Azure DevOps' deliveries. A push may be of several refs, and tells neither paths nor whether its commits are all. */
record AzureDevOpsMapper(Repository repository) implements GitMapper {
    /** The spellings of one repository's address: today's, the one before, and by ssh; always host and path. */
    private static final List<Pattern> ADDRESSES = List.of(
            Pattern.compile("dev\\.azure\\.com/(?<org>[^/]+)/(?<project>[^/]+)/_git/(?<repo>[^/]+)"),
            Pattern.compile(
                    "(?<org>[^/.]+)\\.visualstudio\\.com/(?:defaultcollection/)?(?<project>[^/]+)/_git/(?<repo>[^/]+)"),
            Pattern.compile("(?:[^/]*ssh[^/]*)/v3/(?<org>[^/]+)/(?<project>[^/]+)/(?<repo>[^/]+)"));

    /** A repository that is called as its project may leave that out. */
    private static final Pattern SHORT =
            Pattern.compile("(dev\\.azure\\.com/[^/]+|[^/.]+\\.visualstudio\\.com)/_git/([^/]+)");

    @Override
    public Optional<String> delivery(Delivery delivery, JsonNode body) {
        return Texts.found(body.path("id"));
    }

    @Override
    public String typeMissing() {
        return "the field eventType is missing: is the sender Azure DevOps?";
    }

    @Override
    public Optional<String> type(Delivery delivery, JsonNode body) {
        return Texts.found(body.path("eventType"));
    }

    @Override
    public boolean isPing(String type) {
        return false;
    }

    @Override
    public List<String> about(JsonNode body) {
        return GitMapper.present(body.path("resource").path("repository").path("remoteUrl"));
    }

    @Override
    public boolean isOurs(List<String> names) {
        Optional<String> ours = canonical(repository().url());
        return names.stream()
                .anyMatch(name -> ours.isPresent() && canonical(name).equals(ours));
    }

    @Override
    public Optional<List<RefUpdate>> updates(String type, JsonNode body) {
        return type.equals("git.push")
                ? Optional.of(GitMapper.elements(body.path("resource").path("refUpdates")).stream()
                        .map(update -> update(body, update))
                        .toList())
                : Optional.empty();
    }

    private static RefUpdate update(JsonNode body, JsonNode update) {
        JsonNode resource = body.path("resource");
        JsonNode commit = newest(resource.path("commits"), Texts.text(update.path("newObjectId")));
        return new RefUpdate(
                Texts.text(update.path("name")),
                Texts.text(update.path("oldObjectId")),
                Texts.text(update.path("newObjectId")),
                /* deleted= */ false,
                RefUpdate.Forced.UNTOLD,
                Commits.UNKNOWN,
                new RefUpdate.Shown(
                        Texts.found(commit.path("author").path("name"))
                                .orElse(Texts.text(resource.path("pushedBy").path("displayName"))),
                        Texts.text(commit.path("comment")),
                        Texts.link(commit.path("url"))),
                GitMapper.alone(body, "resource/refUpdates", update));
    }

    private static JsonNode newest(JsonNode commits, @Nullable String id) {
        for (JsonNode commit : commits) {
            if (commit.path("commitId").asText("").equals(id)) {
                return commit;
            }
        }
        return commits.path("none");
    }

    /** {@return one spelling for all addresses of a repository; empty if it is no address} */
    private static Optional<String> canonical(String url) {
        try {
            String plain = URLDecoder.decode(GitUrl.normalised(url).replace("+", "%2B"), UTF_8)
                    .toLowerCase(Locale.ROOT);
            Matcher named = SHORT.matcher(plain);
            String whole = named.matches() ? named.group(1) + "/" + named.group(2) + "/_git/" + named.group(2) : plain;
            return Optional.of(ADDRESSES.stream()
                    .map(address -> address.matcher(whole))
                    .filter(Matcher::matches)
                    .map(found -> found.group("org") + "/" + found.group("project") + "/" + found.group("repo"))
                    .findFirst()
                    .orElse(whole));
        } catch (IllegalArgumentException e) {
            // No address, and so nobody's.
            return Optional.empty();
        }
    }
}
