package dev.tiphys.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.testkit.HttpFront.Answer;
import dev.tiphys.testkit.HttpFront.Call;
import dev.tiphys.testkit.HttpFront.Request;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A stand-in for the part of GitHub, or of GitLab, that lists the deliveries of one repository's webhooks and sends them
 * again. It keeps to the documented interfaces: GitHub's cursors and its {@code Link} header, GitLab's numbered pages.
 */
public final class FakeHookLog implements AutoCloseable {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int LARGEST_PAGE = 100;

    private final Dialect dialect;
    private final String repository;
    private final String token;
    private final InstantSource clock;
    private final Traffic<HookLogRequest> traffic = new Traffic<>();
    private final List<HookAttempt> attempts = new ArrayList<>();
    private final List<URI> hooks = new ArrayList<>();
    private final HttpFront front;
    private Consumer<HookAttempt> redelivery = _ -> {};
    private int pageSize = LARGEST_PAGE;
    private long nextId = 1;

    /** Whose interface it speaks. */
    public enum Dialect {
        GITHUB,
        GITLAB
    }

    private FakeHookLog(Dialect dialect, String repository, String token, InstantSource clock) {
        this.dialect = dialect;
        this.repository = repository;
        this.token = token;
        this.clock = clock;
        this.front = HttpFront.start(0, "a Git server", this::route);
    }

    /**
     * Starts a server with one repository and no webhook.
     *
     * @param repository {@code acme/shop}
     */
    public static FakeHookLog start(Dialect dialect, String repository, String token, InstantSource clock) {
        return new FakeHookLog(dialect, repository, token, clock);
    }

    /** Where its API is. */
    public URI url() {
        return front.uri().resolve(dialect == Dialect.GITHUB ? "/api/v3" : "/api/v4");
    }

    /** What clients asked, and what is to go wrong. */
    public Traffic<HookLogRequest> traffic() {
        return traffic;
    }

    /** Adds a webhook; the first one has the number 1, and all deliveries are its. */
    public synchronized FakeHookLog hook(URI address) {
        hooks.add(address);
        return this;
    }

    /** How many attempts a page has at most, whatever is asked for. */
    public synchronized FakeHookLog pageSize(int size) {
        pageSize = size;
        return this;
    }

    /** What happens when somebody asks for a delivery again; the attempt is on the list by then. */
    public synchronized FakeHookLog onRedelivery(Consumer<HookAttempt> listener) {
        redelivery = listener;
        return this;
    }

    /** Lets an attempt have been made. */
    public synchronized HookAttempt attempt(String delivery, String event, Instant at, int status) {
        boolean again = attempts.stream().anyMatch(one -> one.delivery().equals(delivery));
        HookAttempt attempt = new HookAttempt(nextId++, delivery, event, at, status, again);
        attempts.add(attempt);
        return attempt;
    }

    private Call route(Request request) {
        List<String> path = request.segments();
        boolean github = dialect == Dialect.GITHUB;
        List<String> base = new ArrayList<>(github ? List.of("api", "v3", "repos") : List.of("api", "v4", "projects"));
        base.addAll(github ? List.of(repository.split("/", -1)) : List.of(repository));
        base.add("hooks");
        boolean ours =
                path.size() >= base.size() && path.subList(0, base.size()).equals(base);
        List<String> rest = ours ? path.subList(base.size(), path.size()) : List.of("?");
        HookLogRequest kind = kind(request.method(), rest);
        return new Call(traffic.meet(kind), () -> isAllowed(request) ? answer(kind, rest, request) : Answer.empty(401));
    }

    private HookLogRequest kind(String method, List<String> rest) {
        String list = dialect == Dialect.GITHUB ? "deliveries" : "events";
        String verb = dialect == Dialect.GITHUB ? "attempts" : "resend";
        if (method.equals("GET") && rest.isEmpty()) {
            return HookLogRequest.HOOKS;
        }
        if (method.equals("GET") && rest.equals(List.of("1", list))) {
            return HookLogRequest.DELIVERIES;
        }
        boolean again = method.equals("POST")
                && rest.size() == 4
                && rest.getFirst().equals("1")
                && rest.get(1).equals(list)
                && rest.getLast().equals(verb);
        return again ? HookLogRequest.AGAIN : HookLogRequest.OTHER;
    }

    private boolean isAllowed(Request request) {
        return dialect == Dialect.GITHUB
                ? request.header("Authorization").equals(Optional.of("Bearer " + token))
                : request.header("PRIVATE-TOKEN").equals(Optional.of(token));
    }

    private Answer answer(HookLogRequest kind, List<String> rest, Request request) {
        return switch (kind) {
            case HOOKS -> Answer.json(200, hooks());
            case DELIVERIES -> dialect == Dialect.GITHUB ? byCursor(request) : byPage(request);
            case AGAIN -> again(Long.parseLong(rest.get(2)));
            case OTHER -> Answer.empty(404);
        };
    }

    private synchronized ArrayNode hooks() {
        ArrayNode all = NODES.arrayNode();
        for (int i = 0; i < hooks.size(); i++) {
            ObjectNode hook = all.addObject().put("id", i + 1);
            if (dialect == Dialect.GITHUB) {
                hook.putObject("config").put("url", hooks.get(i).toString());
            } else {
                hook.put("url", hooks.get(i).toString());
            }
        }
        return all;
    }

    private List<HookAttempt> newestFirst() {
        return attempts.stream()
                .sorted(Comparator.comparingLong(HookAttempt::id).reversed())
                .toList();
    }

    private synchronized Answer byCursor(Request request) {
        int size = size(request);
        long below = request.query().containsKey("cursor")
                ? Long.parseLong(request.query().get("cursor").substring(1))
                : Long.MAX_VALUE;
        List<HookAttempt> left =
                newestFirst().stream().filter(one -> one.id() < below).toList();
        ArrayNode page = NODES.arrayNode();
        left.stream().limit(size).forEach(one -> page.add(github(one)));
        Answer answer = Answer.json(200, page);
        if (left.size() <= size) {
            return answer;
        }
        return answer.with(
                "Link",
                "<" + url() + "/repos/" + repository + "/hooks/1/deliveries?per_page=" + size + "&cursor=v"
                        + left.get(size - 1).id() + ">; rel=\"next\"");
    }

    private static ObjectNode github(HookAttempt one) {
        return NODES.objectNode()
                .put("id", one.id())
                .put("guid", one.delivery())
                .put("delivered_at", one.at().toString())
                .put("redelivery", one.again())
                .put("duration", 0.1)
                .put("status", one.status() == 0 ? "failed to connect to host" : "" + one.status())
                .put("status_code", one.status() == 0 ? 502 : one.status())
                .put("event", one.event());
    }

    private synchronized Answer byPage(Request request) {
        int size = size(request);
        int page = Integer.parseInt(request.query().getOrDefault("page", "1"));
        List<HookAttempt> all = newestFirst();
        ArrayNode items = NODES.arrayNode();
        all.stream().skip((long) (page - 1) * size).limit(size).forEach(one -> items.add(gitlab(one)));
        return Answer.json(200, items).with("X-Next-Page", all.size() > page * size ? "" + (page + 1) : "");
    }

    private ObjectNode gitlab(HookAttempt one) {
        ObjectNode item = NODES.objectNode()
                .put("id", one.id())
                .put("trigger", one.event())
                .put("response_status", one.status() == 0 ? "internal error" : "" + one.status())
                .put("created_at", one.at().toString());
        item.putObject("request_headers")
                .put("Content-Type", "application/json")
                .put("Idempotency-Key", one.delivery())
                .put("X-Gitlab-Event-UUID", "uuid-of-" + one.id());
        return item;
    }

    private int size(Request request) {
        return Math.min(pageSize, Integer.parseInt(request.query().getOrDefault("per_page", "30")));
    }

    private Answer again(long id) {
        HookAttempt made;
        synchronized (this) {
            Optional<HookAttempt> wanted =
                    attempts.stream().filter(one -> one.id() == id).findFirst();
            if (wanted.isEmpty()) {
                return Answer.empty(404);
            }
            made = attempt(wanted.get().delivery(), wanted.get().event(), clock.instant(), 202);
        }
        redelivery.accept(made);
        return Answer.json(dialect == Dialect.GITHUB ? 202 : 201, NODES.objectNode());
    }

    @Override
    public void close() {
        front.close();
    }
}
