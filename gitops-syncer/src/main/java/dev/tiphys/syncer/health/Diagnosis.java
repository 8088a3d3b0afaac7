package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds the reason behind an object that is not healthy. Pure. */
public final class Diagnosis {
    private static final String REVISION = "deployment.kubernetes.io/revision";
    private static final int LONGEST = 600;

    private final JsonNode owner;
    private final List<JsonNode> pods;
    private final List<JsonNode> replicaSets;
    private final List<JsonNode> warnings;

    /**
     * The reason.
     *
     * @param object {@code Kind namespace/name} of the unhealthy object
     * @param message for a person, for example {@code container web of pod web-abc: ImagePullBackOff: …}
     */
    public record Cause(String object, String message) {
        /** {@return both in one line} */
        public String text() {
            return object + ": " + message;
        }
    }

    private Diagnosis(
            JsonNode owner,
            List<? extends JsonNode> pods,
            List<? extends JsonNode> replicaSets,
            List<? extends JsonNode> events) {
        this.owner = owner;
        this.replicaSets = replicaSets.stream()
                .filter(set -> ownedBy(set, Set.of(uid(owner))))
                .<JsonNode>map(Function.identity())
                .sorted(Comparator.comparingLong(Diagnosis::revision).reversed())
                .toList();
        this.pods = ownPods(owner, this.replicaSets, pods);
        this.warnings = ownWarnings(events);
    }

    /**
     * Names the reason of a Deployment, StatefulSet, DaemonSet, Job or anything else that is not healthy. Never fails: the
     * less is known, the more general the cause.
     *
     * @param pods any pods of its namespace; only its own are looked at, and of a Deployment's only the newest replica
     *     set's
     * @param replicaSets any of its namespace; only its own are looked at
     * @param events any of its namespace; only those of the owner, its replica sets and pods are looked at
     */
    public static Cause diagnose(
            JsonNode owner,
            List<? extends JsonNode> pods,
            List<? extends JsonNode> replicaSets,
            List<? extends JsonNode> events) {
        String message = new Diagnosis(owner, pods, replicaSets, events).message();
        String bounded = message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
        return new Cause(ObjectRef.of(owner).text(), bounded);
    }

    private String message() {
        return firstOfPods(Containers::broken)
                .or(() -> firstOfPods(Diagnosis::unschedulable))
                .or(() -> firstOfPods(Diagnosis::failedPod))
                .or(this::replicaFailure)
                .or(this::notReady)
                .or(() -> warnings.stream().findFirst().map(Diagnosis::eventText))
                .or(this::ownCondition)
                .or(() -> Health.assess(owner).map(Health::message).filter(text -> !text.isEmpty()))
                .orElse("its status tells no reason");
    }

    private Optional<String> firstOfPods(Function<JsonNode, Optional<String>> symptom) {
        return pods.stream().map(symptom).flatMap(Optional::stream).findFirst();
    }

    private static Optional<String> unschedulable(JsonNode pod) {
        return Conditions.find(pod, "PodScheduled")
                .filter(condition -> "False".equals(condition.path("status").asText()))
                .map(condition -> "pod " + name(pod) + " cannot be scheduled: " + Conditions.text(condition));
    }

    private static Optional<String> failedPod(JsonNode pod) {
        JsonNode status = pod.path("status");
        String why = Conditions.text(status);
        return "Failed".equals(status.path("phase").asText()) && !why.isEmpty()
                ? Optional.of("pod " + name(pod) + " failed: " + why)
                : Optional.empty();
    }

    /** Pods that could not even be made: a quota, a policy, a missing service account. */
    private Optional<String> replicaFailure() {
        return Stream.concat(Stream.of(owner), replicaSets.stream())
                .map(object -> Conditions.holding(object, "ReplicaFailure"))
                .flatMap(Optional::stream)
                .map(Conditions::text)
                .findFirst();
    }

    private Optional<String> notReady() {
        return pods.stream()
                .map(pod -> Containers.notReady(pod).map(text -> text + probeFailure(pod)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private String probeFailure(JsonNode pod) {
        return warnings.stream()
                .filter(event -> name(pod).equals(regarding(event).path("name").asText()))
                .findFirst()
                .map(event -> ": " + eventText(event))
                .orElse("");
    }

    private Optional<String> ownCondition() {
        return Stream.of("Failed", "Progressing", "Available", "Ready")
                .map(type -> Conditions.find(owner, type)
                        .filter(condition -> "Failed".equals(type) == Conditions.isTrue(condition)))
                .flatMap(Optional::stream)
                .map(Conditions::text)
                .filter(text -> !text.isEmpty())
                .findFirst();
    }

    private static List<JsonNode> ownPods(
            JsonNode owner, List<JsonNode> replicaSets, List<? extends JsonNode> candidates) {
        boolean throughReplicaSets = "Deployment".equals(owner.path("kind").asText());
        if ("Pod".equals(owner.path("kind").asText())) {
            return List.of(owner);
        }
        Set<String> owners = new HashSet<>();
        if (throughReplicaSets) {
            replicaSets.stream().limit(1).map(Diagnosis::uid).forEach(owners::add);
        } else {
            owners.add(uid(owner));
        }
        return candidates.stream()
                .filter(pod -> ownedBy(pod, owners))
                .<JsonNode>map(Function.identity())
                .sorted(Comparator.comparing(Diagnosis::name))
                .toList();
    }

    /** The newest first; an event counts by the object's uid, or by kind and name where it carries none. */
    private List<JsonNode> ownWarnings(List<? extends JsonNode> events) {
        Set<String> uids = new HashSet<>();
        Set<String> names = new HashSet<>();
        Stream.of(List.of(owner), replicaSets, pods).flatMap(List::stream).forEach(object -> {
            uids.add(uid(object));
            names.add(object.path("kind").asText() + "/" + name(object));
        });
        return events.stream()
                .filter(event -> "Warning".equals(event.path("type").asText()))
                .filter(event -> {
                    JsonNode object = regarding(event);
                    String uid = object.path("uid").asText("");
                    return uid.isEmpty()
                            ? names.contains(object.path("kind").asText() + "/"
                                    + object.path("name").asText())
                            : uids.contains(uid);
                })
                .<JsonNode>map(Function.identity())
                .sorted(Comparator.comparing(Diagnosis::lastSeen).reversed())
                .toList();
    }

    private static JsonNode regarding(JsonNode event) {
        return event.has("involvedObject") ? event.path("involvedObject") : event.path("regarding");
    }

    /** ISO 8601 in UTC: it sorts as text. */
    private static String lastSeen(JsonNode event) {
        return Stream.of("lastTimestamp", "eventTime", "deprecatedLastTimestamp", "firstTimestamp")
                .map(field -> event.path(field).asText(""))
                .filter(time -> !time.isEmpty() && !"null".equals(time))
                .findFirst()
                .orElse("");
    }

    private static String eventText(JsonNode event) {
        String message = event.has("message")
                ? event.path("message").asText("")
                : event.path("note").asText("");
        return event.path("reason").asText("") + ": " + message.strip();
    }

    private static boolean ownedBy(JsonNode object, Set<String> uids) {
        return object.path("metadata")
                .path("ownerReferences")
                .valueStream()
                .anyMatch(reference -> uids.contains(reference.path("uid").asText()));
    }

    private static long revision(JsonNode replicaSet) {
        return replicaSet.path("metadata").path("annotations").path(REVISION).asLong();
    }

    private static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText("");
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asText("");
    }
}
