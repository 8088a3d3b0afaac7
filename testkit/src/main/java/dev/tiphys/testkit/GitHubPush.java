package dev.tiphys.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.testkit.TestRepository.Author;
import dev.tiphys.testkit.TestRepository.Commit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * A webhook delivery as GitHub makes it, about a real repository of a {@link GitServer}: the same fields, headers and
 * signatures. Addresses in it are those of the server, as they are for a GitHub of one's own.
 */
public final class GitHubPush {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** GitHub gives up after this. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** GitHub lists this many commits of a push and leaves the rest out. */
    private static final int COMMIT_LIMIT = 2048;

    private static final String HOOK_ID = "419264117";
    private static final DateTimeFormatter WITH_OFFSET = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX");

    private final String event;
    private final byte[] body;

    private GitHubPush(String event, ObjectNode payload) {
        this.event = event;
        try {
            this.body = JSON.writeValueAsBytes(payload);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of values is always writable", e);
        }
    }

    /** The delivery about a branch or tag that was made, moved or deleted. */
    public static GitHubPush of(Push push) {
        return new GitHubPush("push", payload(push));
    }

    /** The delivery about a branch that moved to {@code after}. */
    public static GitHubPush branch(TestRepository repository, String branch, String before, String after) {
        return of(new Push(repository, Constants.R_HEADS + branch, before, after));
    }

    /** The delivery about the newest commit of a branch: that it moved there from the commit's first parent. */
    public static GitHubPush head(TestRepository repository, String branch) {
        String after = repository.head(branch);
        String before = repository.resolve(after + "^1").map(ObjectId::name).orElse(Push.NOWHERE);
        return branch(repository, branch, before, after);
    }

    /** The delivery about a new tag. */
    public static GitHubPush tag(TestRepository repository, String tag) {
        String ref = Constants.R_TAGS + tag;
        ObjectId after = repository
                .resolve(ref)
                .orElseThrow(() -> new IllegalArgumentException(repository.fullName() + " has no tag " + tag));
        return of(new Push(repository, ref, Push.NOWHERE, after.name()));
    }

    /** The delivery that GitHub makes when a webhook was set up. */
    public static GitHubPush ping(TestRepository repository) {
        ObjectNode hook = NODES.objectNode()
                .put("type", "Repository")
                .put("id", Long.parseLong(HOOK_ID))
                .put("name", "web")
                .put("active", true);
        hook.putArray("events").add("push");
        hook.putObject("config")
                .put("content_type", "json")
                .put("insecure_ssl", "0")
                .put("secret", "********")
                .put("url", "https://tiphys.example.com/hooks/" + name(repository));
        hook.put("updated_at", "2026-01-01T00:00:00Z").put("created_at", "2026-01-01T00:00:00Z");
        String address = api(repository) + "/hooks/" + HOOK_ID;
        hook.put("url", address)
                .put("test_url", address + "/test")
                .put("ping_url", address + "/pings")
                .put("deliveries_url", address + "/deliveries");
        hook.putObject("last_response").putNull("code").put("status", "unused").putNull("message");
        ObjectNode payload =
                NODES.objectNode().put("zen", "Keep it logically awesome.").put("hook_id", Long.parseLong(HOOK_ID));
        payload.set("hook", hook);
        payload.set("repository", repository(repository, false));
        payload.set("sender", user(repository, "ada", 4211));
        return new GitHubPush("ping", payload);
    }

    /** The same delivery about another repository's name: what a misdirected webhook sends. */
    public GitHubPush claiming(String fullName) {
        try {
            ObjectNode payload = (ObjectNode) JSON.readTree(body);
            ((ObjectNode) payload.get("repository"))
                    .put("full_name", fullName)
                    .put("name", fullName.substring(fullName.indexOf('/') + 1));
            return new GitHubPush(event, payload);
        } catch (IOException e) {
            throw new IllegalStateException("the payload was written here", e);
        }
    }

    /** {@code push} or {@code ping}. */
    public String event() {
        return event;
    }

    /** The bytes that go over the wire, and that are signed. */
    public byte[] body() {
        return body.clone();
    }

    /** The value of {@code X-Hub-Signature-256}. */
    public static String sign(String secret, byte[] body) {
        return "sha256=" + mac("HmacSHA256", secret, body);
    }

    /**
     * The headers of a delivery.
     *
     * @param secret the webhook's secret; when empty, the delivery is not signed
     * @param deliveryId the same for a redelivery
     */
    public Map<String, String> headers(String secret, String deliveryId) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "*/*");
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", "GitHub-Hookshot/8e9f5c1");
        headers.put("X-GitHub-Delivery", deliveryId);
        headers.put("X-GitHub-Event", event);
        headers.put("X-GitHub-Hook-ID", HOOK_ID);
        headers.put("X-GitHub-Hook-Installation-Target-ID", "186853002");
        headers.put("X-GitHub-Hook-Installation-Target-Type", "repository");
        if (!secret.isEmpty()) {
            headers.put("X-Hub-Signature", "sha1=" + mac("HmacSHA1", secret, body));
            headers.put("X-Hub-Signature-256", sign(secret, body));
        }
        return headers;
    }

    /**
     * Delivers it once, as GitHub does: ten seconds, no second try.
     *
     * @throws IOException if nothing answers in time
     */
    public HttpResponse<String> deliver(URI endpoint, String secret, String deliveryId)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(endpoint).timeout(PATIENCE).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers(secret, deliveryId).forEach(request::header);
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String mac(String algorithm, String secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " is part of every Java", e);
        }
    }

    private static ObjectNode payload(Push push) {
        TestRepository repository = push.repository();
        boolean created = push.before().equals(Push.NOWHERE);
        boolean deleted = push.after().equals(Push.NOWHERE);
        boolean tag = push.ref().startsWith(Constants.R_TAGS);
        boolean forced = !created && !deleted && !repository.isForward(push.before(), push.after());
        List<Commit> commits = deleted || tag ? List.of() : commits(push, created);
        ObjectNode payload = NODES.objectNode()
                .put("ref", push.ref())
                .put("before", push.before())
                .put("after", push.after());
        payload.set("repository", repository(repository, true));
        payload.set("pusher", NODES.objectNode().put("name", "ada").put("email", TestRepository.SOMEBODY.email()));
        payload.set("organization", organization(repository));
        payload.set("sender", user(repository, "ada", 4211));
        payload.put("created", created)
                .put("deleted", deleted)
                .put("forced", forced)
                .put("base_ref", created && !deleted ? baseRef(push).orElse(null) : null)
                .put("compare", compare(push, created, deleted));
        ArrayNode list = payload.putArray("commits");
        commits.stream().limit(COMMIT_LIMIT).forEach(commit -> list.add(commit(repository, commit)));
        payload.set("head_commit", deleted ? NODES.nullNode() : commit(repository, repository.describe(push.after())));
        return payload;
    }

    private static List<Commit> commits(Push push, boolean created) {
        if (!created) {
            return push.repository().between(List.of(push.before()), push.after());
        }
        // Of a new branch GitHub lists what no other branch has.
        return push.repository().between(List.copyOf(otherBranches(push).values()), push.after());
    }

    private static Optional<String> baseRef(Push push) {
        return otherBranches(push).entrySet().stream()
                .filter(other -> other.getValue().equals(push.after()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static Map<String, String> otherBranches(Push push) {
        Map<String, String> others = push.repository().branches();
        others.remove(push.ref());
        return others;
    }

    private static String compare(Push push, boolean created, boolean deleted) {
        String base = page(push.repository()) + "/compare/";
        if (created) {
            return base + push.ref().replaceFirst("refs/(heads|tags)/", "");
        }
        return base + push.before().substring(0, 12) + "..."
                + (deleted ? "0".repeat(12) : push.after().substring(0, 12));
    }

    private static ObjectNode commit(TestRepository repository, Commit commit) {
        ObjectNode node = NODES.objectNode()
                .put("id", commit.sha())
                .put("tree_id", commit.tree())
                .put("distinct", true)
                .put("message", commit.message())
                .put("timestamp", WITH_OFFSET.format(commit.when().atOffset(ZoneOffset.UTC)))
                .put("url", page(repository) + "/commit/" + commit.sha());
        node.set("author", person(commit.author()));
        node.set("committer", person(commit.committer()));
        commit.added().forEach(node.putArray("added")::add);
        commit.removed().forEach(node.putArray("removed")::add);
        commit.modified().forEach(node.putArray("modified")::add);
        return node;
    }

    private static ObjectNode person(Author author) {
        return NODES.objectNode()
                .put("name", author.name())
                .put("email", author.email())
                .put("username", login(author));
    }

    private static String login(Author author) {
        return author.email().replaceFirst("@.*", "");
    }

    private static ObjectNode repository(TestRepository repository, boolean push) {
        String page = page(repository);
        String api = api(repository);
        ObjectNode node = NODES.objectNode()
                .put("id", 186853002 + Math.floorMod(repository.fullName().hashCode(), 1_000_000))
                .put("node_id", "R_kgDOCyMxSg")
                .put("name", name(repository))
                .put("full_name", repository.fullName())
                .put("private", false);
        ObjectNode owner = user(repository, owner(repository), 21031067);
        if (push) {
            owner.put("name", owner(repository)).put("email", owner(repository) + "@example.com");
        }
        owner.put("type", "Organization");
        node.set("owner", owner);
        node.put("html_url", page)
                .put("description", "The shop of " + owner(repository))
                .put("fork", false)
                .put("url", push ? page : api);
        for (String link : List.of(
                "forks",
                "teams",
                "hooks",
                "events",
                "tags",
                "languages",
                "stargazers",
                "contributors",
                "subscribers",
                "subscription",
                "merges",
                "downloads",
                "deployments")) {
            node.put(link + "_url", api + "/" + link);
        }
        node.put("keys_url", api + "/keys{/key_id}")
                .put("collaborators_url", api + "/collaborators{/collaborator}")
                .put("issue_events_url", api + "/issues/events{/number}")
                .put("assignees_url", api + "/assignees{/user}")
                .put("branches_url", api + "/branches{/branch}")
                .put("blobs_url", api + "/git/blobs{/sha}")
                .put("git_tags_url", api + "/git/tags{/sha}")
                .put("git_refs_url", api + "/git/refs{/sha}")
                .put("trees_url", api + "/git/trees{/sha}")
                .put("statuses_url", api + "/statuses/{sha}")
                .put("commits_url", api + "/commits{/sha}")
                .put("git_commits_url", api + "/git/commits{/sha}")
                .put("comments_url", api + "/comments{/number}")
                .put("issue_comment_url", api + "/issues/comments{/number}")
                .put("contents_url", api + "/contents/{+path}")
                .put("compare_url", api + "/compare/{base}...{head}")
                .put("archive_url", api + "/{archive_format}{/ref}")
                .put("issues_url", api + "/issues{/number}")
                .put("pulls_url", api + "/pulls{/number}")
                .put("milestones_url", api + "/milestones{/number}")
                .put("notifications_url", api + "/notifications{?since,all,participating}")
                .put("labels_url", api + "/labels{/name}")
                .put("releases_url", api + "/releases{/id}");
        // In a push two of the three times are seconds, in every other event all are text.
        if (push) {
            node.put("created_at", 1767225600)
                    .put("updated_at", "2026-01-01T00:00:00Z")
                    .put("pushed_at", 1767225600);
        } else {
            node.put("created_at", "2026-01-01T00:00:00Z")
                    .put("updated_at", "2026-01-01T00:00:00Z")
                    .put("pushed_at", "2026-01-01T00:00:00Z");
        }
        node.put("git_url", page.replaceFirst("^https?:", "git:") + ".git")
                .put("ssh_url", "git@" + repository.server().getHost() + ":" + repository.fullName() + ".git")
                .put("clone_url", repository.url())
                .put("svn_url", page)
                .putNull("homepage")
                .put("size", 1)
                .put("stargazers_count", 0)
                .put("watchers_count", 0)
                .putNull("language")
                .put("has_issues", true)
                .put("has_projects", true)
                .put("has_downloads", true)
                .put("has_wiki", true)
                .put("has_pages", false)
                .put("has_discussions", false)
                .put("forks_count", 0)
                .putNull("mirror_url")
                .put("archived", false)
                .put("disabled", false)
                .put("open_issues_count", 0)
                .putNull("license")
                .put("allow_forking", true)
                .put("is_template", false)
                .put("web_commit_signoff_required", false);
        node.putArray("topics");
        node.put("visibility", "public")
                .put("forks", 0)
                .put("open_issues", 0)
                .put("watchers", 0)
                .put("default_branch", "main");
        node.putObject("custom_properties");
        if (push) {
            node.put("stargazers", 0).put("master_branch", "main").put("organization", owner(repository));
        }
        return node;
    }

    private static ObjectNode organization(TestRepository repository) {
        String owner = owner(repository);
        String api = repository.server() + "/api/v3/orgs/" + owner;
        return NODES.objectNode()
                .put("login", owner)
                .put("id", 21031067)
                .put("node_id", "MDEyOk9yZ2FuaXphdGlvbjIxMDMxMDY3")
                .put("url", api)
                .put("repos_url", api + "/repos")
                .put("events_url", api + "/events")
                .put("hooks_url", api + "/hooks")
                .put("issues_url", api + "/issues")
                .put("members_url", api + "/members{/member}")
                .put("public_members_url", api + "/public_members{/member}")
                .put("avatar_url", repository.server() + "/avatars/u/21031067?")
                .put("description", "");
    }

    private static ObjectNode user(TestRepository repository, String login, long id) {
        String api = repository.server() + "/api/v3/users/" + login;
        return NODES.objectNode()
                .put("login", login)
                .put("id", id)
                .put("node_id", "MDQ6VXNlcjQyMTE=")
                .put("avatar_url", repository.server() + "/avatars/u/" + id + "?v=4")
                .put("gravatar_id", "")
                .put("url", api)
                .put("html_url", repository.server() + "/" + login)
                .put("followers_url", api + "/followers")
                .put("following_url", api + "/following{/other_user}")
                .put("gists_url", api + "/gists{/gist_id}")
                .put("starred_url", api + "/starred{/owner}{/repo}")
                .put("subscriptions_url", api + "/subscriptions")
                .put("organizations_url", api + "/orgs")
                .put("repos_url", api + "/repos")
                .put("events_url", api + "/events{/privacy}")
                .put("received_events_url", api + "/received_events")
                .put("type", "User")
                .put("user_view_type", "public")
                .put("site_admin", false);
    }

    private static String page(TestRepository repository) {
        return repository.server() + "/" + repository.fullName();
    }

    private static String api(TestRepository repository) {
        return repository.server() + "/api/v3/repos/" + repository.fullName();
    }

    private static String owner(TestRepository repository) {
        return repository.fullName().substring(0, repository.fullName().indexOf('/'));
    }

    private static String name(TestRepository repository) {
        return repository.fullName().substring(repository.fullName().indexOf('/') + 1);
    }
}
