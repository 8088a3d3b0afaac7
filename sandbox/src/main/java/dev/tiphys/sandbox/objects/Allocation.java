package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the cluster gives out: a service's address and node ports, a job's selector. Given once, then kept. */
final class Allocation {

    private static final int NODE_PORTS_FROM = 30_000;
    private static final int NODE_PORTS = 2_768;

    private Allocation() {}

    /**
     * Gives the object what it lacks, in place.
     *
     * @param live the object before, empty when it is new; what it has is kept
     * @param seed a number that is another for each object
     */
    static void fill(ResourceType type, ObjectNode object, ObjectNode live, long seed) {
        if (type.storage().equals("/services")) {
            service(object.withObjectProperty("spec"), live.path("spec"), seed);
        }
        if (type.storage().equals("batch/jobs")) {
            job(object, live.path("spec"));
        }
    }

    private static void service(ObjectNode spec, JsonNode before, long seed) {
        String type = spec.path("type").asText();
        if (type.equals("ExternalName")) {
            return;
        }
        if (!spec.has("clusterIP")) {
            String kept = before.path("clusterIP").asText("");
            spec.put("clusterIP", kept.isEmpty() ? "10.96." + (seed >> 8) % 256 + "." + seed % 256 : kept);
        }
        spec.putArray("clusterIPs").add(spec.path("clusterIP"));
        if (!type.equals("NodePort") && !type.equals("LoadBalancer")) {
            return;
        }
        int index = 0;
        for (ObjectNode port : Trees.objects(spec.path("ports"))) {
            if (!port.has("nodePort")) {
                JsonNode kept = before.path("ports").path(index).path("nodePort");
                port.put(
                        "nodePort",
                        kept.isInt() ? kept.asInt() : NODE_PORTS_FROM + (int) ((seed + index) % NODE_PORTS));
            }
            index++;
        }
    }

    private static void job(ObjectNode job, JsonNode before) {
        ObjectNode spec = job.withObjectProperty("spec");
        if (spec.path("manualSelector").asBoolean()) {
            return;
        }
        String uid = Trees.uid(job);
        spec.set(
                "selector",
                before.has("selector")
                        ? before.get("selector").deepCopy()
                        : Trees.object("{'matchLabels':{'batch.kubernetes.io/controller-uid':'" + uid + "'}}"));
        ObjectNode labels = spec.withObjectProperty("template")
                .withObjectProperty("metadata")
                .withObjectProperty("labels");
        labels.put("batch.kubernetes.io/controller-uid", uid)
                .put("batch.kubernetes.io/job-name", Trees.name(job))
                .put("controller-uid", uid)
                .put("job-name", Trees.name(job));
    }
}
