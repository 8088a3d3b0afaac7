package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Pipeline.Action;
import dev.tiphys.contracts.definition.Pipeline.EnvironmentValue;
import dev.tiphys.contracts.definition.Pipeline.HeaderValue;
import dev.tiphys.contracts.definition.Pipeline.Unstable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads what a step does: the one field of a step that names its action. */
final class ActionForms {
    static final List<String> KINDS =
            List.of("deploy", "jenkins", "job", "http", "approval", "wait", "notify", "parallel");

    private static final Duration JOB_STAYS = Duration.ofHours(1);
    private static final Duration JOB_STAYS_AT_LEAST = Duration.ofMinutes(5);
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final Set<String> SECRET_HEADERS =
            Set.of("authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "private-token");

    private ActionForms() {}

    /** Reads the action of a kind other than {@code parallel}. */
    static Action action(String kind, Fields step) {
        return switch (kind) {
            case "deploy" -> deploy(step.mapping(kind));
            case "jenkins" -> jenkins(step.mapping(kind));
            case "job" -> job(step.mapping(kind));
            case "http" -> http(step.mapping(kind));
            case "approval" -> approval(step.mapping(kind));
            case "wait" -> pause(step, kind);
            case "notify" -> say(step.mapping(kind));
            default -> throw new IllegalArgumentException("there is no action " + kind);
        };
    }

    private static Action deploy(Fields fields) {
        Action action = new Action.Deploy(fields.reference("application"), fields.optionalText("revision"));
        fields.end();
        return action;
    }

    private static Action jenkins(Fields fields) {
        Action action = new Action.Jenkins(
                fields.reference("server"),
                fields.text("job"),
                fields.textMap("parameters"),
                fields.word("unstable", Unstable.class, Unstable.FAIL));
        fields.end();
        return action;
    }

    private static Action job(Fields fields) {
        JsonNode resources = fields.value("resources");
        if (resources != null) {
            Fields known = Fields.of(resources, fields.path("resources"), fields.inspection());
            quantities(known, "requests");
            quantities(known, "limits");
            known.end();
        }
        Action action = new Action.Job(
                namespace(fields),
                fields.text("image"),
                fields.texts("command"),
                fields.texts("args"),
                environment(fields),
                resources,
                fields.optionalText("serviceAccount"),
                fields.textMap("annotations"),
                timeToLive(fields));
        fields.end();
        return action;
    }

    private static void quantities(Fields resources, String name) {
        resources.textMap(name).forEach((resource, text) -> {
            if (!Syntax.holdsExpression(text)
                    && !Syntax.QUANTITY.matcher(text.strip()).matches()) {
                resources
                        .inspection()
                        .error(
                                Places.field(resources.path(name), resource),
                                "expected a quantity of Kubernetes such as 500m, 2 or 64Mi, met \"" + text + "\"");
            }
        });
    }

    private static String namespace(Fields fields) {
        return fields.has("namespace")
                ? fields.checked("namespace", Syntax::wrongWithNamespace)
                : DefinitionKey.DEFAULT_NAMESPACE;
    }

    /** What is fine for new clusters only is a warning. */
    private static void variable(String name, String path, Inspection inspection) {
        if (!Syntax.VARIABLE.matcher(name).matches()) {
            inspection.errorAtName(
                    path,
                    "Kubernetes refuses a variable of the name \"" + name
                            + "\": expected printable signs of ASCII without =");
        } else if (!Syntax.OLD_VARIABLE.matcher(name).matches()) {
            inspection.warningAtName(
                    path,
                    "Kubernetes before 1.32 refuses a variable of the name \"" + name
                            + "\": it knows letters, digits, _, - and ., and no digit at the beginning");
        }
    }

    private static Duration timeToLive(Fields fields) {
        Duration given = fields.duration("ttl", JOB_STAYS);
        JsonNode text = fields.value("ttl");
        boolean isDuration = text != null
                && Syntax.duration(text.asText()).filter(given::equals).isPresent();
        if (isDuration && given.compareTo(JOB_STAYS_AT_LEAST) < 0) {
            fields.inspection()
                    .warning(
                            fields.path("ttl"),
                            "is below 5m and becomes 5m, so that an engine that was away still finds the result");
        }
        return given;
    }

    /** A mapping of names to values, or Kubernetes' list of {@code name} with {@code value} or {@code valueFrom}. */
    private static Map<String, EnvironmentValue> environment(Fields fields) {
        Map<String, EnvironmentValue> environment = new LinkedHashMap<>();
        JsonNode env = fields.value("env");
        Inspection inspection = fields.inspection();
        if (env != null && env.isArray()) {
            for (Fields.Item item : fields.items("env")) {
                Fields entry = Fields.of(item.node(), item.path(), inspection);
                String name = entry.text("name");
                if (!name.isBlank()) {
                    variable(name, entry.path("name"), inspection);
                }
                if (environment.putIfAbsent(name, listedValue(entry, name)) != null) {
                    inspection.error(entry.path("name"), "the variable stands twice");
                }
                entry.end();
            }
            return environment;
        }
        fields.entries("env").forEach((name, item) -> {
            variable(name, item.path(), inspection);
            environment.put(name, value(name, item.node(), item.path(), inspection));
        });
        return environment;
    }

    private static EnvironmentValue listedValue(Fields entry, String name) {
        Fields from = entry.optionalMapping("valueFrom");
        if (from != null) {
            Fields key = from.mapping("secretKeyRef");
            String form = "letters, digits, ., _ and -";
            SecretRef secret = new SecretRef(
                    key.text("name", Syntax.SECRET_PART, form), key.text("key", Syntax.SECRET_PART, form));
            key.end();
            from.end();
            return new EnvironmentValue.FromSecret(secret);
        }
        if (entry.has("secretRef")) {
            return new EnvironmentValue.FromSecret(entry.secretRef(null));
        }
        JsonNode value = entry.value("value");
        return value == null
                ? new EnvironmentValue.Text("")
                : value(name, value, entry.path("value"), entry.inspection());
    }

    private static EnvironmentValue value(String name, JsonNode node, String path, Inspection inspection) {
        if (node.isObject()) {
            return new EnvironmentValue.FromSecret(Fields.secretOf(node, path, inspection, null));
        }
        if (!node.isTextual() && !node.isNumber() && !node.isBoolean()) {
            inspection.error(path, "expected a text or {secretRef: {name, key}}, met " + Fields.met(node));
        } else if (Syntax.namesSecret(name) && !Syntax.holdsExpression(node.asText())) {
            inspection.warning(
                    path, "looks like a secret, and is kept for all to read; write {secretRef: {name, key}}");
        }
        return new EnvironmentValue.Text(node.asText());
    }

    private static Action http(Fields fields) {
        JsonNode body = fields.value("body");
        String method = fields.oneOf("method", METHODS, body == null ? "GET" : "POST");
        String url = fields.checked("url", Syntax::wrongWithHttpUrl);
        Map<String, HeaderValue> headers = new LinkedHashMap<>();
        fields.entries("headers").forEach((name, item) -> headers.put(name, header(item, fields.inspection())));
        Fields expect = fields.optionalMapping("expect");
        List<Integer> status = expect == null ? List.of() : expect.wholes("status", 100, 599);
        if (expect != null) {
            expect.end();
        }
        fields.end();
        return new Action.Http(method, url, headers, body, status);
    }

    private static HeaderValue header(Fields.Item item, Inspection inspection) {
        if (!Syntax.HEADER.matcher(item.name()).matches()) {
            inspection.errorAtName(item.path(), "expected the name of a header such as X-Request-Id");
        }
        if (item.node().isObject()) {
            return new HeaderValue.FromSecret(Fields.secretOf(item.node(), item.path(), inspection, null));
        }
        String text = item.node().asText();
        if (!item.node().isTextual() && !item.node().isNumber() && !item.node().isBoolean()) {
            inspection.error(
                    item.path(), "expected a text or {secretRef: {name, key}}, met " + Fields.met(item.node()));
        } else if (SECRET_HEADERS.contains(item.name().toLowerCase(Locale.ROOT))) {
            inspection.error(
                    item.path(),
                    "expected {secretRef: {name, key}}, met a plain value: a definition never holds a secret itself;"
                            + " put the whole header's value among the secrets and name it here");
        } else if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            inspection.error(item.path(), "expected a text on one line");
        }
        return new HeaderValue.Text(text);
    }

    private static Action approval(Fields fields) {
        Action action = new Action.Approval(fields.text("message"));
        fields.end();
        return action;
    }

    private static Action pause(Fields step, String kind) {
        JsonNode value = step.value(kind);
        if (value == null || !value.isObject()) {
            return new Action.Pause(step.duration(kind));
        }
        Fields fields = step.mapping(kind);
        Duration duration = fields.duration("duration");
        fields.end();
        return new Action.Pause(duration);
    }

    private static Action say(Fields fields) {
        Action action = new Action.Say(
                fields.text("slack"),
                fields.reference("workspace", PipelineForm.DEFAULT_WORKSPACE),
                fields.text("text"));
        fields.end();
        return action;
    }
}
