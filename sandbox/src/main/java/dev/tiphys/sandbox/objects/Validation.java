package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tiphys.sandbox.objects.ApiFailure.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The mistakes that Kubernetes refuses and that people make most: what is missing, what does not fit, what may not change. */
final class Validation {

    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Set<String> CHANGEABLE_IN_STATEFUL_SET = Set.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    private final List<Cause> causes = new ArrayList<>();

    private Validation() {}

    /** Finds all mistakes of a new object. */
    static List<Cause> ofNew(ResourceType type, ObjectNode object) {
        Validation found = new Validation();
        found.common(type, object);
        return found.causes;
    }

    /** Finds all mistakes of an object that replaces another. */
    static List<Cause> ofChange(ResourceType type, ObjectNode before, ObjectNode after) {
        Validation found = new Validation();
        found.common(type, after);
        found.unchangeable(type, before, after);
        return found.causes;
    }

    private void common(ResourceType type, ObjectNode object) {
        String name = Trees.name(object);
        if (!type.group().equals("rbac.authorization.k8s.io")
                && (name.length() > 253 || !SUBDOMAIN.matcher(name).matches())) {
            invalid(
                    "metadata.name",
                    object.path("metadata").path("name"),
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must"
                            + " start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
                            + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        }
        JsonNode spec = object.path("spec");
        if (type.isCustom()) {
            CustomSchema.check(type.schema(), object, causes);
            return;
        }
        switch (type.kind()) {
            case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet" -> {
                selector(spec);
                replicas(spec);
                containers(spec.path("template").path("spec"), "spec.template.spec");
            }
            case "Job" -> job(spec);
            case "Pod" -> containers(spec, "spec");
            case "Service" -> service(spec);
            case "PersistentVolumeClaim" -> {
                if (spec.path("accessModes").isEmpty()) {
                    required("spec.accessModes", "at least 1 access mode is required");
                }
            }
            case "CustomResourceDefinition" -> definition(name, spec);
            default -> {
                // the other kinds are taken as they are
            }
        }
    }

    private void selector(JsonNode spec) {
        JsonNode selector = spec.path("selector");
        if (selector.path("matchLabels").isEmpty()
                && selector.path("matchExpressions").isEmpty()) {
            required("spec.selector", "");
            return;
        }
        if (!Selector.of(selector).test(spec.path("template"))) {
            invalid(
                    "spec.template.metadata.labels",
                    spec.path("template").path("metadata").path("labels"),
                    "`selector` does not match template `labels`");
        }
    }

    private void replicas(JsonNode spec) {
        if (spec.path("replicas").asInt() < 0) {
            invalid("spec.replicas", spec.path("replicas"), "must be greater than or equal to 0");
        }
    }

    private void containers(JsonNode pod, String at) {
        if (pod.path("containers").isEmpty()) {
            required(at + ".containers", "");
        }
        Set<String> names = new HashSet<>();
        int index = 0;
        for (JsonNode container : pod.path("containers")) {
            String here = at + ".containers[" + index++ + "]";
            String name = container.path("name").asText("");
            if (name.isEmpty()) {
                required(here + ".name", "");
            } else if (!names.add(name)) {
                causes.add(new Cause("FieldValueDuplicate", "Duplicate value: \"" + name + "\"", here + ".name"));
            }
            if (container.path("image").asText("").isEmpty()) {
                required(here + ".image", "");
            }
        }
    }

    private void job(JsonNode spec) {
        JsonNode pod = spec.path("template").path("spec");
        containers(pod, "spec.template.spec");
        if (pod.path("restartPolicy").asText().equals("Always")) {
            causes.add(new Cause(
                    "FieldValueNotSupported",
                    "Unsupported value: \"Always\": supported values: \"OnFailure\", \"Never\"",
                    "spec.template.spec.restartPolicy"));
        }
    }

    private void service(JsonNode spec) {
        boolean needsPorts = !spec.path("type").asText().equals("ExternalName")
                && !spec.path("clusterIP").asText().equals("None");
        if (needsPorts && spec.path("ports").isEmpty()) {
            required("spec.ports", "");
        }
    }

    private void definition(String name, JsonNode spec) {
        String expected = spec.path("names").path("plural").asText() + "."
                + spec.path("group").asText();
        if (!name.equals(expected)) {
            invalid("metadata.name", TextNode.valueOf(name), "must be spec.names.plural+\".\"+spec.group");
        }
        int stored = 0;
        int index = 0;
        for (JsonNode version : spec.path("versions")) {
            stored += version.path("storage").asBoolean() ? 1 : 0;
            if (!version.path("schema").path("openAPIV3Schema").isObject()) {
                required("spec.versions[" + index + "].schema.openAPIV3Schema", "schemas are required");
            }
            index++;
        }
        if (stored != 1) {
            invalid("spec.versions", spec.path("versions"), "must have exactly one version marked as storage version");
        }
    }

    private void unchangeable(ResourceType type, ObjectNode before, ObjectNode after) {
        if (type.isCustom()) {
            return;
        }
        JsonNode old = before.path("spec");
        JsonNode spec = after.path("spec");
        switch (type.kind()) {
            case "Deployment", "DaemonSet", "ReplicaSet" -> immutable(old, spec, "selector");
            case "Job" -> {
                immutable(old, spec, "selector");
                immutable(old, spec, "completions");
                if (!old.path("suspend").asBoolean()) {
                    immutable(old, spec, "template");
                }
            }
            case "StatefulSet" -> statefulSet(old, spec);
            case "Service" -> {
                if (!old.path("type").asText().equals("ExternalName")
                        && !spec.path("type").asText().equals("ExternalName")) {
                    immutable(old, spec, "clusterIP");
                }
            }
            case "PersistentVolumeClaim" -> {
                immutable(old, spec, "accessModes");
                immutable(old, spec, "storageClassName");
            }
            case "Pod" -> pod(old, spec);
            case "ConfigMap", "Secret" -> constant(type, before, after);
            case "RoleBinding", "ClusterRoleBinding" -> {
                if (!before.path("roleRef").equals(after.path("roleRef"))) {
                    invalid("roleRef", after.path("roleRef"), "cannot change roleRef");
                }
            }
            default -> {
                // the other kinds may change as they like
            }
        }
    }

    private void statefulSet(JsonNode old, JsonNode spec) {
        ObjectNode one = old.deepCopy();
        ObjectNode other = spec.deepCopy();
        one.remove(CHANGEABLE_IN_STATEFUL_SET);
        other.remove(CHANGEABLE_IN_STATEFUL_SET);
        if (!one.equals(other)) {
            forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy',"
                            + " 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }
    }

    private void pod(JsonNode old, JsonNode spec) {
        JsonNode one = withoutImages(old);
        JsonNode other = withoutImages(spec);
        if (!one.equals(other)) {
            forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations`"
                            + " (only additions to existing tolerations),`spec.terminationGracePeriodSeconds`"
                            + " (allow it to be set to 1 if it was previously negative)");
        }
    }

    private static JsonNode withoutImages(JsonNode spec) {
        ObjectNode copy = spec.deepCopy();
        copy.remove(List.of("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName"));
        Trees.objects(copy.path("containers")).forEach(container -> container.remove("image"));
        Trees.objects(copy.path("initContainers")).forEach(container -> container.remove("image"));
        return copy;
    }

    private void constant(ResourceType type, ObjectNode before, ObjectNode after) {
        if (type.kind().equals("Secret") && !before.path("type").equals(after.path("type"))) {
            invalid("type", after.path("type"), "field is immutable");
        }
        boolean changed = !before.path("data").equals(after.path("data"))
                || !before.path("binaryData").equals(after.path("binaryData"));
        if (before.path("immutable").asBoolean() && changed) {
            forbidden("data", "field is immutable when `immutable` is set");
        }
    }

    private void immutable(JsonNode old, JsonNode spec, String field) {
        if (!old.path(field).equals(spec.path(field))) {
            invalid("spec." + field, spec.path(field), "field is immutable");
        }
    }

    private void invalid(String field, JsonNode value, String why) {
        causes.add(new Cause("FieldValueInvalid", "Invalid value: " + value + ": " + why, field));
    }

    private void required(String field, String why) {
        causes.add(new Cause("FieldValueRequired", "Required value" + (why.isEmpty() ? "" : ": " + why), field));
    }

    private void forbidden(String field, String why) {
        causes.add(new Cause("FieldValueForbidden", "Forbidden: " + why, field));
    }
}
