package dev.tiphys.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.testkit.HttpFront.Answer;
import dev.tiphys.testkit.HttpFront.Call;
import dev.tiphys.testkit.HttpFront.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A stand-in for Jenkins that keeps to its remote API: Basic authentication with an API token, nested folders, the
 * queue with its folding of equal items, builds, progressive logs. Jobs are scripted; see {@link JenkinsJob}.
 *
 * <p>Where Jenkins surprises its clients, this does too: undeclared parameters are dropped in silence, an item of the
 * queue is forgotten some time after it left, {@code Location} carries the configured address and not the one that the
 * client used, a result may be told before the build ends.
 */
public final class FakeJenkins implements AutoCloseable {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Set<String> BUILD_ALIASES =
            Set.of("lastBuild", "lastCompletedBuild", "lastSuccessfulBuild", "lastFailedBuild");
    private static final int LISTED_BUILDS = 100;
    private static final String RUN_ID = "RUN_ID";

    private final Object lock = new Object();
    private final Clock clock;
    private final BasicAuth account;
    private final Traffic<JenkinsRequest> traffic = new Traffic<>();
    private final Map<String, JenkinsJob> jobs = new TreeMap<>();
    private final Map<Long, Item> queue = new LinkedHashMap<>();
    private final Map<String, Integer> accepted = new TreeMap<>();
    private final HttpFront front;
    private Optional<URI> configured = Optional.empty();
    private Duration leftItemsLive = Duration.ofMinutes(5);
    private long nextItem = 1;

    private FakeJenkins(int port, BasicAuth account, Clock clock) {
        this.account = account;
        this.clock = clock;
        this.front = HttpFront.start(port, "Jenkins", this::route);
    }

    /** An item of the queue; {@code left} is when it began to build or was cancelled. */
    private static final class Item {
        private final long id;
        private final JenkinsJob job;
        private final Map<String, String> parameters;
        private final Instant since;
        private Instant due;
        private Optional<Instant> left = Optional.empty();
        private Optional<JenkinsBuild> build = Optional.empty();

        private Item(long id, JenkinsJob job, Map<String, String> parameters, Instant since) {
            this.id = id;
            this.job = job;
            this.parameters = parameters;
            this.since = since;
            this.due = job.startOf(since);
        }

        private boolean waits() {
            return left.isEmpty();
        }

        private boolean cancelled() {
            return left.isPresent() && build.isEmpty();
        }
    }

    /**
     * Starts a server with one user.
     *
     * @param port where it listens, 0 for a free port
     * @throws IllegalStateException if the port is taken
     */
    public static FakeJenkins start(int port, String user, String token) {
        return start(port, user, token, Clock.systemUTC());
    }

    /** {@link #start(int, String, String)} with a clock: what time passes on it is what the builds see. */
    public static FakeJenkins start(int port, String user, String token, Clock clock) {
        return new FakeJenkins(port, new BasicAuth(user, token), clock);
    }

    /** Where clients find it; ends with a slash. */
    public URI url() {
        return front.uri().resolve("/");
    }

    /** The address that Jenkins believes to have and gives in {@code Location} and {@code url}; else {@link #url}. */
    public FakeJenkins configuredUrl(URI address) {
        synchronized (lock) {
            configured = Optional.of(address);
            return this;
        }
    }

    /** How long an item is told after it left the queue; Jenkins has 300 s. */
    public FakeJenkins leftItemsLive(Duration time) {
        synchronized (lock) {
            leftItemsLive = time;
            return this;
        }
    }

    /**
     * The job at a path of folders, made when absent.
     *
     * @param path {@code shop/integration-test}
     */
    public JenkinsJob job(String path) {
        synchronized (lock) {
            return jobs.computeIfAbsent(path, p -> new JenkinsJob(lock, p, this::advance));
        }
    }

    /** What clients asked, and what is to go wrong. */
    public Traffic<JenkinsRequest> traffic() {
        return traffic;
    }

    /** Lets all that waits in the queue begin now. */
    public void release() {
        synchronized (lock) {
            Instant now = clock.instant();
            queue.values().stream().filter(Item::waits).forEach(item -> item.due = now);
            advance();
        }
    }

    /** Lets all running builds end now. */
    public void finish() {
        synchronized (lock) {
            advance();
            jobs.values().forEach(job -> job.begun().forEach(JenkinsBuild::finish));
        }
    }

    /** What a restart does: the whole queue is forgotten, waiting items too; builds go on. */
    public void restart() {
        synchronized (lock) {
            advance();
            queue.clear();
        }
    }

    /** How many triggers were accepted for each value of {@code RUN_ID}; folded ones are not counted again. */
    public Map<String, Integer> acceptedByRun() {
        synchronized (lock) {
            return Map.copyOf(accepted);
        }
    }

    /** How many builds began for each value of {@code RUN_ID}. */
    public Map<String, Integer> buildsByRun() {
        synchronized (lock) {
            advance();
            Map<String, Integer> counts = new TreeMap<>();
            jobs.values()
                    .forEach(job -> job.begun().stream()
                            .map(build -> build.parameters().getOrDefault(RUN_ID, ""))
                            .filter(run -> !run.isEmpty())
                            .forEach(run -> counts.merge(run, 1, Integer::sum)));
            return counts;
        }
    }

    @Override
    public void close() {
        front.close();
    }

    private Call route(Request request) {
        Place place = Place.of(request.segments());
        return new Call(traffic.meet(place.kind()), () -> {
            Answer answer = request.header("Authorization").isEmpty()
                    ? Answer.text(403, "Authentication required")
                    : authenticated(place, request);
            return answer.with("X-Jenkins", "2.528.1");
        });
    }

    private Answer authenticated(Place place, Request request) {
        if (!account.opens(request.header("Authorization"))) {
            return Answer.text(401, "Invalid password/token for user: " + account.user());
        }
        synchronized (lock) {
            advance();
            try {
                return answer(place, request);
            } catch (IllegalArgumentException e) {
                return Answer.text(400, String.valueOf(e.getMessage()));
            }
        }
    }

    /** The parts of a path: the folders and the job, then what is asked of it. */
    private record Place(String job, List<String> rest) {
        static Place of(List<String> segments) {
            List<String> path = new ArrayList<>();
            int i = 0;
            while (i + 1 < segments.size() && segments.get(i).equals("job")) {
                path.add(segments.get(i + 1));
                i += 2;
            }
            return new Place(String.join("/", path), segments.subList(i, segments.size()));
        }

        boolean isBuild() {
            return !job.isEmpty()
                    && !rest.isEmpty()
                    && (rest.getFirst().matches("\\d+") || BUILD_ALIASES.contains(rest.getFirst()));
        }

        JenkinsRequest kind() {
            String last = rest.isEmpty() ? "" : rest.getLast();
            if (isBuild()) {
                return switch (last) {
                    case "stop", "term", "kill" -> JenkinsRequest.STOP;
                    case "progressiveText", "consoleText" -> JenkinsRequest.LOG;
                    default -> JenkinsRequest.BUILD;
                };
            }
            if (!job.isEmpty()) {
                return last.startsWith("build") ? JenkinsRequest.TRIGGER : JenkinsRequest.JOB;
            }
            if (!rest.isEmpty() && rest.getFirst().equals("queue")) {
                return last.equals("cancelItem") ? JenkinsRequest.CANCEL : JenkinsRequest.QUEUE_ITEM;
            }
            return JenkinsRequest.OTHER;
        }
    }

    private Answer answer(Place place, Request request) {
        return switch (place.kind()) {
            case TRIGGER -> trigger(place, request);
            case QUEUE_ITEM -> item(place, request);
            case CANCEL -> cancel(request);
            case JOB -> jobOrFolder(place, request);
            case BUILD, LOG, STOP -> ofBuild(place, request);
            case OTHER -> other(place, request);
        };
    }

    private Answer trigger(Place place, Request request) {
        JenkinsJob job = jobs.get(place.job());
        if (job == null) {
            return notFound();
        }
        boolean withParameters = place.rest().getLast().equals("buildWithParameters");
        if (!request.method().equals("POST")) {
            return Answer.text(405, "This URL requires POST").with("Allow", "POST");
        }
        if (!job.enabled()) {
            return Answer.text(409, place.job() + " is not buildable");
        }
        if (withParameters && job.declared().isEmpty()) {
            return Answer.text(400, place.job() + " is not parameterized");
        }
        if (!withParameters && !job.declared().isEmpty()) {
            return Answer.text(400, place.job() + " is parameterized: use buildWithParameters");
        }
        return enqueue(job, withParameters ? given(job, request) : Map.of(), withParameters);
    }

    private static Map<String, String> given(JenkinsJob job, Request request) {
        Map<String, String> given = new LinkedHashMap<>(job.declared());
        given.replaceAll((name, absent) ->
                request.form().getOrDefault(name, request.query().getOrDefault(name, absent)));
        return given;
    }

    private Answer enqueue(JenkinsJob job, Map<String, String> parameters, boolean withParameters) {
        Optional<Item> equal = queue.values().stream()
                .filter(Item::waits)
                .filter(item -> item.job == job && item.parameters.equals(parameters))
                .findFirst();
        if (equal.isPresent()) {
            // Only a parameterised trigger says that it was absorbed.
            return located(withParameters ? 303 : 201, equal.get());
        }
        Item item = new Item(nextItem++, job, parameters, clock.instant());
        queue.put(item.id, item);
        String run = parameters.getOrDefault(RUN_ID, "");
        if (!run.isEmpty()) {
            accepted.merge(run, 1, Integer::sum);
        }
        return located(201, item);
    }

    private Answer located(int status, Item item) {
        return Answer.empty(status).with("Location", root() + "queue/item/" + item.id + "/");
    }

    private Answer item(Place place, Request request) {
        if (place.rest().equals(List.of("queue", "api", "json"))) {
            ObjectNode listed = NODES.objectNode().put("_class", "hudson.model.Queue");
            ArrayNode items = listed.putArray("items");
            queue.values().stream().filter(Item::waits).forEach(waiting -> items.add(describe(waiting)));
            return json(listed, request);
        }
        Optional<Item> found = place.rest().size() == 5 && place.rest().get(1).equals("item")
                ? number(place.rest().get(2)).map(queue::get)
                : Optional.empty();
        return found.map(item -> json(describe(item), request)).orElseGet(FakeJenkins::notFound);
    }

    private ObjectNode describe(Item item) {
        ObjectNode node =
                NODES.objectNode().put("_class", "hudson.model.Queue$" + (item.waits() ? "BuildableItem" : "LeftItem"));
        node.set("actions", actions(item.parameters));
        node.put("blocked", false)
                .put("buildable", item.waits())
                .put("id", item.id)
                .put("inQueueSince", item.since.toEpochMilli())
                .put("params", parameterText(item.parameters))
                .put("stuck", false);
        node.putObject("task")
                .put("_class", "org.jenkinsci.plugins.workflow.job.WorkflowJob")
                .put("name", simpleName(item.job.path()))
                .put("url", address(item.job.path()))
                .put("color", "blue");
        node.put("url", "queue/item/" + item.id + "/")
                .put("why", item.waits() ? "Waiting for next available executor" : null);
        if (item.waits()) {
            return node.put("buildableStartMilliseconds", item.since.toEpochMilli())
                    .put("pending", false);
        }
        node.put("cancelled", item.cancelled());
        if (item.build.isEmpty()) {
            return node.putNull("executable");
        }
        int number = item.build.get().number();
        node.putObject("executable")
                .put("_class", "org.jenkinsci.plugins.workflow.job.WorkflowRun")
                .put("number", number)
                .put("url", address(item.job.path()) + number + "/");
        return node;
    }

    private Answer cancel(Request request) {
        if (!request.method().equals("POST")) {
            return Answer.text(405, "This URL requires POST").with("Allow", "POST");
        }
        String id = request.query().getOrDefault("id", request.form().getOrDefault("id", ""));
        Optional<Item> found = number(id).map(queue::get).filter(Item::waits);
        if (found.isEmpty()) {
            return Answer.empty(404);
        }
        found.get().left = Optional.of(clock.instant());
        return Answer.empty(204);
    }

    private Answer jobOrFolder(Place place, Request request) {
        if (!isApi(place.rest())) {
            return notFound();
        }
        JenkinsJob job = jobs.get(place.job());
        if (job != null) {
            return json(describe(job, request.query().containsKey("tree")), request);
        }
        ObjectNode folder = NODES.objectNode()
                .put("_class", "com.cloudbees.hudson.plugins.folder.Folder")
                .put("name", simpleName(place.job()))
                .put("fullName", place.job())
                .put("url", address(place.job()));
        folder.set("jobs", children(place.job() + "/"));
        return folder.get("jobs").isEmpty() ? notFound() : json(folder, request);
    }

    private ObjectNode describe(JenkinsJob job, boolean whole) {
        ObjectNode node = NODES.objectNode()
                .put("_class", "org.jenkinsci.plugins.workflow.job.WorkflowJob")
                .put("name", simpleName(job.path()))
                .put("fullName", job.path())
                .put("displayName", simpleName(job.path()))
                .put("url", address(job.path()))
                .put("buildable", job.enabled())
                .put("inQueue", queue.values().stream().anyMatch(item -> item.waits() && item.job == job))
                .put("nextBuildNumber", job.begun().size() + 1);
        ArrayNode builds = node.putArray("builds");
        ArrayNode all = NODES.arrayNode();
        for (JenkinsBuild build : job.begun().reversed()) {
            ObjectNode told = whole ? describe(job, build) : reference(job, build);
            all.add(told);
            if (builds.size() < LISTED_BUILDS) {
                builds.add(told);
            }
        }
        if (whole) {
            node.set("allBuilds", all);
        }
        node.set("lastBuild", all.isEmpty() ? NODES.nullNode() : all.get(0));
        ObjectNode property =
                node.putArray("property").addObject().put("_class", "hudson.model.ParametersDefinitionProperty");
        ArrayNode definitions = property.putArray("parameterDefinitions");
        job.declared()
                .keySet()
                .forEach(name -> definitions
                        .addObject()
                        .put("_class", "hudson.model.StringParameterDefinition")
                        .put("name", name)
                        .put("type", "StringParameterDefinition"));
        return node;
    }

    private ObjectNode reference(JenkinsJob job, JenkinsBuild build) {
        return NODES.objectNode()
                .put("_class", "org.jenkinsci.plugins.workflow.job.WorkflowRun")
                .put("number", build.number())
                .put("url", address(job.path()) + build.number() + "/");
    }

    private ObjectNode describe(JenkinsJob job, JenkinsBuild build) {
        ObjectNode node = reference(job, build);
        node.set("actions", actions(build.parameters()));
        node.putArray("artifacts");
        node.put("building", build.building())
                .put("description", build.description().isEmpty() ? null : build.description())
                .put("displayName", "#" + build.number())
                .put("duration", build.took().toMillis())
                .put("estimatedDuration", build.estimate().toMillis())
                .put("fullDisplayName", job.path().replace("/", " » ") + " #" + build.number())
                .put("id", "" + build.number())
                .put("inProgress", build.building())
                .put("keepLog", false)
                .put("queueId", build.queueId())
                .put("result", build.result().map(Enum::name).orElse(null))
                .put("timestamp", build.start().toEpochMilli());
        return node;
    }

    private ArrayNode actions(Map<String, String> parameters) {
        ArrayNode actions = NODES.arrayNode();
        if (!parameters.isEmpty()) {
            ArrayNode values = actions.addObject()
                    .put("_class", "hudson.model.ParametersAction")
                    .putArray("parameters");
            parameters.forEach((name, value) -> values.addObject()
                    .put("_class", "hudson.model.StringParameterValue")
                    .put("name", name)
                    .put("value", value));
        }
        actions.addObject()
                .put("_class", "hudson.model.CauseAction")
                .putArray("causes")
                .addObject()
                .put("_class", "hudson.model.Cause$UserIdCause")
                .put("shortDescription", "Started by user " + account.user())
                .put("userId", account.user())
                .put("userName", account.user());
        actions.addObject();
        return actions;
    }

    private Answer ofBuild(Place place, Request request) {
        JenkinsJob job = jobs.get(place.job());
        Optional<JenkinsBuild> found =
                job == null ? Optional.empty() : build(job, place.rest().getFirst());
        if (job == null || found.isEmpty()) {
            return notFound();
        }
        JenkinsBuild build = found.get();
        List<String> asked = place.rest().subList(1, place.rest().size());
        return switch (String.join("/", asked)) {
            case "api/json" -> json(describe(job, build), request);
            case "logText/progressiveText" -> progressive(build, request);
            case "consoleText" -> new Answer(200, Map.of("Content-Type", "text/plain;charset=utf-8"), build.log());
            case "stop", "term", "kill" -> stop(job, build, request);
            case "submitDescription" -> {
                build.describe(request.form().getOrDefault("description", ""));
                yield Answer.empty(302).with("Location", address(job.path()) + build.number() + "/");
            }
            default -> notFound();
        };
    }

    private static Optional<JenkinsBuild> build(JenkinsJob job, String which) {
        return job.begun().reversed().stream()
                .filter(build -> switch (which) {
                    case "lastBuild" -> true;
                    case "lastCompletedBuild" -> !build.building();
                    case "lastSuccessfulBuild" ->
                        build.result().filter(JenkinsResult.SUCCESS::equals).isPresent();
                    case "lastFailedBuild" ->
                        build.result().filter(JenkinsResult.FAILURE::equals).isPresent();
                    default -> which.equals("" + build.number());
                })
                .findFirst();
    }

    private static Answer progressive(JenkinsBuild build, Request request) {
        byte[] log = build.log();
        long asked = number(request.query().getOrDefault("start", "0")).orElse(0L);
        // A start behind the end means that the log was replaced: Jenkins begins anew.
        int start = asked > log.length ? 0 : (int) asked;
        byte[] rest = java.util.Arrays.copyOfRange(log, start, log.length);
        Answer answer = new Answer(200, Map.of("Content-Type", "text/plain;charset=utf-8"), rest)
                .with("X-Text-Size", "" + log.length);
        return build.building() ? answer.with("X-More-Data", "true") : answer;
    }

    private Answer stop(JenkinsJob job, JenkinsBuild build, Request request) {
        if (!request.method().equals("POST")) {
            return Answer.text(405, "This URL requires POST").with("Allow", "POST");
        }
        build.abort();
        return Answer.empty(302).with("Location", address(job.path()) + build.number() + "/");
    }

    private Answer other(Place place, Request request) {
        return switch (String.join("/", place.rest())) {
            case "api/json" -> {
                ObjectNode root = NODES.objectNode()
                        .put("_class", "hudson.model.Hudson")
                        .put("mode", "NORMAL")
                        .put("nodeDescription", "the Jenkins controller's built-in node")
                        .put("url", root());
                root.set("jobs", children(""));
                yield json(root, request);
            }
            case "crumbIssuer/api/json" ->
                json(
                        NODES.objectNode()
                                .put("_class", "hudson.security.csrf.DefaultCrumbIssuer")
                                .put("crumb", "0".repeat(64))
                                .put("crumbRequestField", "Jenkins-Crumb"),
                        request);
            default -> notFound();
        };
    }

    private ArrayNode children(String prefix) {
        Set<String> names = new TreeSet<>();
        jobs.keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()).replaceFirst("/.*", ""))
                .forEach(names::add);
        ArrayNode children = NODES.arrayNode();
        for (String name : names) {
            boolean job = jobs.containsKey(prefix + name);
            children.addObject()
                    .put(
                            "_class",
                            job
                                    ? "org.jenkinsci.plugins.workflow.job.WorkflowJob"
                                    : "com.cloudbees.hudson.plugins.folder.Folder")
                    .put("name", name)
                    .put("url", address(prefix + name));
        }
        return children;
    }

    /** Brings queue and builds to the present: due items begin, ended ones are forgotten in time. */
    private void advance() {
        Instant now = clock.instant();
        queue.values().stream()
                .filter(item -> item.waits() && !item.due.isAfter(now))
                .sorted(java.util.Comparator.comparing((Item item) -> item.due).thenComparingLong(item -> item.id))
                .forEach(item -> {
                    item.left = Optional.of(item.due);
                    item.build = Optional.of(item.job.begin(item.id, item.parameters, item.due, account.user()));
                });
        queue.values()
                .removeIf(item -> item.left
                        .filter(left -> left.plus(leftItemsLive).isBefore(now))
                        .isPresent());
        jobs.values().forEach(job -> job.begun().forEach(build -> build.advance(now)));
    }

    private String root() {
        String address = configured.orElseGet(this::url).toString();
        return address.endsWith("/") ? address : address + "/";
    }

    private String address(String path) {
        return root() + "job/" + path.replace("%", "%25").replace(" ", "%20").replace("/", "/job/") + "/";
    }

    private static String simpleName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String parameterText(Map<String, String> parameters) {
        StringBuilder text = new StringBuilder();
        parameters.forEach(
                (name, value) -> text.append('\n').append(name).append('=').append(value));
        return text.toString();
    }

    private static boolean isApi(List<String> rest) {
        return rest.equals(List.of("api", "json"));
    }

    private static Optional<Long> number(String digits) {
        return digits.matches("\\d{1,18}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }

    private static Answer json(ObjectNode node, Request request) {
        String tree = request.query().get("tree");
        return Answer.json(200, tree == null ? node : JenkinsTree.parse(tree).of(node));
    }

    private static Answer notFound() {
        return new Answer(
                404,
                Map.of("Content-Type", "text/html;charset=utf-8"),
                "<html><body><h1>Not Found</h1></body></html>".getBytes(StandardCharsets.UTF_8));
    }
}
