package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.EventSource.Input;
import dev.tiphys.contracts.definition.EventSourceForm.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the entries of Argo's EventSource that requests come to. */
final class EventSourceHooks {
    static final String STORAGE_GRID = "storageGrid";

    private static final List<String> METHODS = List.of("GET", "POST");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final String CREATION =
            "webhooks are not created at the sender; create one there, with the address ";

    /** What GitLab's API, and so Argo, calls an event, and what its deliveries call it. */
    private static final Map<String, String> GITLAB_EVENTS = Map.ofEntries(
            Map.entry("PushEvents", "Push Hook"),
            Map.entry("TagPushEvents", "Tag Push Hook"),
            Map.entry("MergeRequestsEvents", "Merge Request Hook"),
            Map.entry("IssuesEvents", "Issue Hook"),
            Map.entry("ConfidentialIssuesEvents", "Confidential Issue Hook"),
            Map.entry("NoteEvents", "Note Hook"),
            Map.entry("ConfidentialNoteEvents", "Confidential Note Hook"),
            Map.entry("JobEvents", "Job Hook"),
            Map.entry("PipelineEvents", "Pipeline Hook"),
            Map.entry("WikiPageEvents", "Wiki Page Hook"),
            Map.entry("DeploymentEvents", "Deployment Hook"),
            Map.entry("ReleasesEvents", "Release Hook"));

    private EventSourceHooks() {}

    static @Nullable Input webhook(Entry entry) {
        return hook(entry, entry.fields(), null, List.of(), List.of());
    }

    static @Nullable Input github(Entry entry) {
        Fields fields = entry.fields();
        SecretRef secret = fields.optionalSelector("webhookSecret");
        fields.free("id", "insecure", "active", "githubBaseURL", "githubUploadURL", "deleteHookOnFinish");
        if (loose(fields, "contentType").equals("form")) {
            fields.passedOver("contentType", "choose application/json at GitHub; forms are not taken");
        }
        // An organization's hook delivers for all of its repositories, also for those that are not listed.
        List<String> repositories = owned(fields);
        boolean all = !fields.texts("organizations").isEmpty();
        created(entry, "apiToken", "githubApp");
        Verification proof = secret == null
                ? null
                : new Verification.Hmac(secret, "x-hub-signature-256", "sha256", "sha256=", "hex");
        return hook(
                entry,
                fields.optionalMapping("webhook"),
                proof,
                all ? List.of() : repositories,
                events(fields, "events"));
    }

    private static List<String> owned(Fields fields) {
        List<String> repositories = new ArrayList<>();
        for (Fields.Item item : fields.items("repositories")) {
            Fields owned = Fields.of(item.node(), item.path(), fields.inspection());
            String owner = owned.text("owner");
            owned.texts("names").forEach(name -> repositories.add(owner + "/" + name));
            owned.endLeniently();
        }
        return repositories.isEmpty() ? deprecated(fields, "owner", "repository") : repositories;
    }

    static @Nullable Input gitlab(Entry entry) {
        Fields fields = entry.fields();
        SecretRef secret = fields.optionalSelector("secretToken");
        fields.free("enableSSLVerification", "gitlabBaseURL", "deleteHookOnFinish");
        List<String> projects = projects(fields);
        boolean all = !fields.texts("groups").isEmpty();
        created(entry, "accessToken");
        Verification proof = secret == null ? null : new Verification.Token(secret, "x-gitlab-token");
        return hook(entry, fields.optionalMapping("webhook"), proof, all ? List.of() : projects, gitlabEvents(fields));
    }

    /** {@return the projects' paths; none if one is given by its number, because deliveries are told apart by paths} */
    private static List<String> projects(Fields fields) {
        List<String> projects = new ArrayList<>();
        for (Fields.Item item : fields.items("projects")) {
            projects.add(item.node().asText());
        }
        if (projects.isEmpty() && fields.has("projectID")) {
            projects.add(loose(fields, "projectID"));
        }
        if (projects.stream().anyMatch(project -> NUMBER.matcher(project).matches())) {
            fields.inspection()
                    .warning(
                            fields.path("projects"),
                            "a project that is named by its number is not told apart: deliveries of all projects that"
                                    + " know the secret are let in; name projects by their paths");
            return List.of();
        }
        return projects;
    }

    private static List<String> gitlabEvents(Fields fields) {
        List<String> events = new ArrayList<>();
        for (String event : events(fields, "events")) {
            String header = GITLAB_EVENTS.get(event);
            if (header == null) {
                fields.inspection()
                        .warning(
                                fields.path("events"),
                                "an event of GitLab that is not known here, so that all of them are let in; known are "
                                        + Fields.either(GITLAB_EVENTS.keySet().stream()
                                                .sorted()
                                                .toList()));
                return List.of();
            }
            events.add(header);
        }
        return events;
    }

    static @Nullable Input bitbucket(Entry entry) {
        Fields fields = entry.fields();
        fields.free("deleteHookOnFinish", "projectKey");
        List<String> repositories = slugs(fields, "owner");
        created(entry, "auth");
        return hook(entry, fields.optionalMapping("webhook"), null, repositories, events(fields, "events"));
    }

    static @Nullable Input bitbucketServer(Entry entry) {
        Fields fields = entry.fields();
        SecretRef secret = fields.optionalSelector("webhookSecret");
        fields.free("bitbucketserverBaseURL", "deleteHookOnFinish", "tls", "checkInterval");
        if (fields.flag("skipBranchRefsChangedOnOpenPR", false)) {
            fields.passedOver("skipBranchRefsChangedOnOpenPR", "Bitbucket is not asked about pull requests");
        }
        if (fields.flag("oneEventPerChange", false)) {
            fields.passedOver("oneEventPerChange", "a delivery is one event, with all of its changes");
        }
        List<String> repositories = slugs(fields, "projectKey");
        boolean all = !fields.texts("projects").isEmpty();
        created(entry, "accessToken");
        Verification proof =
                secret == null ? null : new Verification.Hmac(secret, "x-hub-signature", "sha256", "sha256=", "hex");
        return hook(
                entry,
                fields.optionalMapping("webhook"),
                proof,
                all ? List.of() : repositories,
                events(fields, "events"));
    }

    private static List<String> slugs(Fields fields, String owner) {
        List<String> repositories = new ArrayList<>();
        for (Fields.Item item : fields.items("repositories")) {
            Fields repository = Fields.of(item.node(), item.path(), fields.inspection());
            repositories.add(repository.text(owner) + "/" + repository.text("repositorySlug"));
            repository.endLeniently();
        }
        return repositories.isEmpty() ? deprecated(fields, owner, "repositorySlug") : repositories;
    }

    private static List<String> deprecated(Fields fields, String owner, String name) {
        String of = loose(fields, owner);
        String called = loose(fields, name);
        return of.isEmpty() || called.isEmpty() ? List.of() : List.of(of + "/" + called);
    }

    static @Nullable Input gerrit(Entry entry) {
        Fields fields = entry.fields();
        fields.free("hookName", "gerritBaseURL", "deleteHookOnFinish", "sslVerify", "maxTries");
        List<String> projects = fields.texts("projects");
        created(entry, "auth");
        return hook(entry, fields.optionalMapping("webhook"), null, projects, events(fields, "events"));
    }

    static @Nullable Input slack(Entry entry) {
        Fields fields = entry.fields();
        SecretRef secret = fields.optionalSelector("signingSecret");
        // The token of Slack's handshake proves nothing that the signature does not.
        fields.free("token");
        Verification proof = secret == null ? null : new Verification.Slack(secret);
        return hook(entry, fields.optionalMapping("webhook"), proof, List.of(), List.of());
    }

    static @Nullable Input stripe(Entry entry) {
        Fields fields = entry.fields();
        if (fields.flag("createWebhook", false)) {
            fields.passedOver("createWebhook", CREATION + entry.address());
        }
        fields.free("apiKey");
        return hook(entry, fields.optionalMapping("webhook"), null, List.of(), events(fields, "eventFilter"));
    }

    static @Nullable Input sns(Entry entry) {
        Fields fields = entry.fields();
        fields.free("accessKey", "secretKey", "region", "roleARN");
        boolean validated = fields.flag("validateSignature", false);
        String topic = fields.checked("topicArn", Syntax::wrongWithSnsTopic);
        // AWS signs always, whether the manifest asks for a look at it or not; another server may not.
        Verification proof = validated || !fields.has("endpoint") ? new Verification.Sns(List.of(topic)) : null;
        return hook(entry, fields.optionalMapping("webhook"), proof, List.of(), List.of());
    }

    static @Nullable Input storageGrid(Entry entry) {
        Fields fields = entry.fields();
        // Argo tells StorageGRID this, and compares nothing that comes with it.
        fields.free("topicArn", "bucket", "region", "events", "apiURL", "tls");
        created(entry, "authToken");
        Input.ObjectKeys objects = Input.ObjectKeys.ALL;
        Fields filter = fields.optionalMapping("filter");
        if (filter != null) {
            objects = new Input.ObjectKeys(loose(filter, "prefix"), loose(filter, "suffix"));
            filter.endLeniently();
        }
        return hook(entry, fields.optionalMapping("webhook"), null, List.of(), List.of()) instanceof Input.Hook hook
                ? new Input.Hook(
                        hook.path(),
                        hook.method(),
                        hook.verification(),
                        hook.repositories(),
                        hook.events(),
                        hook.limits(),
                        objects)
                : null;
    }

    /** {@return the hook of an entry, proved by {@code proof}, else by Argo's bearer token, else by nothing} */
    private static @Nullable Input hook(
            Entry entry,
            @Nullable Fields context,
            @Nullable Verification proof,
            List<String> repositories,
            List<String> events) {
        String path = "";
        String method = "POST";
        Limits limits = Limits.NONE;
        Verification verification = proof;
        if (context != null) {
            path = path(context);
            method = method(context);
            Long body = context.optionalSize("maxPayloadSize", 1, LimitsForm.LARGEST_BODY);
            limits = new Limits(body, null, null, null, null);
            SecretRef bearer = context.optionalSelector("authSecret");
            if (verification == null && bearer != null) {
                verification = new Verification.Bearer(bearer);
            }
            context.free("port", "url", "metadata");
            context.free("serverCertSecret", "serverKeySecret", "basicAuth", "filter");
            if (context != entry.fields()) {
                context.endLeniently();
            }
            if (verification == null && context.has("basicAuth")) {
                return entry.leftOut(
                        "a user and a password in two secrets are not read; use authSecret, or a Source with"
                                + " verify: {basic}");
            }
        }
        return new Input.Hook(
                path, method, verification == null ? open(entry) : verification, repositories, events, limits);
    }

    private static Verification open(Entry entry) {
        // Where a secret is there and wrong, it is not missing.
        if (!entry.fields().inspection().failed()) {
            entry.fields()
                    .inspection()
                    .warning(
                            entry.fields().path(),
                            "requests to " + entry.address()
                                    + " prove nothing: they are taken only where the gateway is"
                                    + " configured with tiphys.gateway.unverified-hooks=allow; name a secret, or use a"
                                    + " Source");
        }
        return new Verification.Open();
    }

    private static String path(Fields context) {
        String endpoint = loose(context, "endpoint");
        return endpoint.isEmpty() || endpoint.startsWith("/") ? endpoint : "/" + endpoint;
    }

    private static String method(Fields context) {
        String method = loose(context, "method").toUpperCase(Locale.ROOT);
        if (method.isEmpty()) {
            return "POST";
        }
        if (!METHODS.contains(method)) {
            context.inspection()
                    .warning(
                            context.path("method"), "expected " + Fields.either(METHODS) + ": Argo refuses all others");
        }
        return method;
    }

    /** {@return the types that are let in; none, which is all, where one stands for all} */
    private static List<String> events(Fields fields, String name) {
        List<String> events = fields.texts(name);
        return events.contains("*") ? List.of() : events;
    }

    /** Says that no hook is created where Argo would. */
    private static void created(Entry entry, String... tokens) {
        Fields fields = entry.fields();
        JsonNode webhook = fields.value("webhook");
        boolean addressed = webhook != null && !webhook.path("url").asText("").isEmpty();
        fields.free(tokens);
        for (String token : tokens) {
            if (addressed) {
                fields.passedOver(token, CREATION + entry.address());
            }
        }
    }

    /** {@return a scalar as a text; empty if it is not there} */
    static String loose(Fields fields, String name) {
        JsonNode value = fields.value(name);
        return value == null ? "" : value.asText("").strip();
    }
}
