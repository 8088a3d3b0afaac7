package dev.tiphys.sandbox.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.ApiFailure;
import dev.tiphys.sandbox.objects.ResourceType;
import dev.tiphys.sandbox.objects.ResourceTypes;
import dev.tiphys.sandbox.objects.Trees;
import java.util.List;
import java.util.Locale;

/** What the API offers: groups, versions and resources, and just as much OpenAPI as kubectl wants to see. */
final class Discovery {

    private final ResourceTypes types;

    Discovery(ResourceTypes types) {
        this.types = types;
    }

    ObjectNode core() {
        return Trees.object("{'kind':'APIVersions','versions':['v1'],'serverAddressByClientCIDRs':[]}");
    }

    ObjectNode groups() {
        ObjectNode list = Trees.object("{'kind':'APIGroupList','apiVersion':'v1'}");
        ArrayNode groups = list.putArray("groups");
        types.all().stream()
                .map(ResourceType::group)
                .filter(group -> !group.isEmpty())
                .distinct()
                .forEach(group -> groups.add(described(group)));
        return list;
    }

    ObjectNode group(String group) {
        ObjectNode described = described(group);
        return described.put("kind", "APIGroup").put("apiVersion", "v1");
    }

    ObjectNode resources(String group, String version) {
        List<ResourceType> found = in(group, version);
        ObjectNode list = Trees.object("{'kind':'APIResourceList','apiVersion':'v1'}");
        list.put("groupVersion", found.getFirst().apiVersion());
        ArrayNode resources = list.putArray("resources");
        for (ResourceType type : found) {
            ObjectNode resource = resource(type, type.plural());
            resource.put("singularName", type.kind().toLowerCase(Locale.ROOT));
            verbs(resource, "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
            type.shortNames()
                    .forEach(name -> resource.withArrayProperty("shortNames").add(name));
            if (List.of(
                            "pods",
                            "services",
                            "deployments",
                            "replicasets",
                            "statefulsets",
                            "daemonsets",
                            "jobs",
                            "cronjobs")
                    .contains(type.plural())) {
                resource.putArray("categories").add("all");
            }
            resources.add(resource);
            for (String subresource : type.subresources()) {
                ObjectNode part = resource(type, type.plural() + "/" + subresource);
                part.put("singularName", "");
                if (subresource.equals("log")) {
                    verbs(part, "get");
                } else {
                    verbs(part, "get", "patch", "update");
                }
                if (subresource.equals("scale")) {
                    part.put("group", "autoscaling").put("version", "v1").put("kind", "Scale");
                }
                resources.add(part);
            }
        }
        return list;
    }

    ObjectNode openApiIndex() {
        ObjectNode index = Trees.object();
        ObjectNode paths = index.putObject("paths");
        types.all().stream()
                .map(Discovery::root)
                .distinct()
                .forEach(root -> paths.putObject(root).put("serverRelativeURL", "/openapi/v3/" + root));
        return index;
    }

    /** Says that the server checks fields and rehearses writes itself; kubectl then does neither. */
    ObjectNode openApi(String root) {
        ObjectNode document = Trees.object("{'openapi':'3.0.0','info':{'title':'Tiphys sandbox','version':'v1'}}");
        ObjectNode paths = document.putObject("paths");
        types.all().stream().filter(type -> root(type).equals(root)).forEach(type -> {
            String path =
                    "/" + root + (type.namespaced() ? "/namespaces/{namespace}/" : "/") + type.plural() + "/{name}";
            ObjectNode patch = paths.putObject(path).putObject("patch");
            patch.putObject("x-kubernetes-group-version-kind")
                    .put("group", type.group())
                    .put("version", type.version())
                    .put("kind", type.kind());
            ArrayNode parameters = patch.putArray("parameters");
            for (String name : List.of("dryRun", "fieldManager", "fieldValidation", "force")) {
                parameters.addObject().put("name", name).put("in", "query");
            }
            patch.putObject("responses");
        });
        document.putObject("components").putObject("schemas");
        return document;
    }

    private ObjectNode described(String group) {
        List<ResourceType> found =
                types.all().stream().filter(type -> type.group().equals(group)).toList();
        if (found.isEmpty()) {
            throw ApiFailure.noSuchResource();
        }
        ObjectNode described = Trees.object().put("name", group);
        ArrayNode versions = described.putArray("versions");
        found.stream().map(ResourceType::version).distinct().forEach(version -> versions.add(version(group, version)));
        described.set("preferredVersion", versions.get(0).deepCopy());
        return described;
    }

    private static ObjectNode version(String group, String version) {
        return Trees.object().put("groupVersion", group + "/" + version).put("version", version);
    }

    private List<ResourceType> in(String group, String version) {
        List<ResourceType> found = types.all().stream()
                .filter(type -> type.group().equals(group) && type.version().equals(version))
                .toList();
        if (found.isEmpty()) {
            throw ApiFailure.noSuchResource();
        }
        return found;
    }

    private static ObjectNode resource(ResourceType type, String name) {
        return Trees.object()
                .put("name", name)
                .put("namespaced", type.namespaced())
                .put("kind", type.kind());
    }

    private static void verbs(ObjectNode resource, String... verbs) {
        ArrayNode list = resource.putArray("verbs");
        for (String verb : verbs) {
            list.add(verb);
        }
    }

    private static String root(ResourceType type) {
        return (type.group().isEmpty() ? "api/" : "apis/") + type.apiVersion();
    }
}
