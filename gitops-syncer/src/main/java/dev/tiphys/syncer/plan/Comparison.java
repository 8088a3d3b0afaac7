package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One comparison of a wanted object with the live one; used once. */
final class Comparison {
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-]+");
    private static final int LONGEST_VALUE = 1000;
    private static final String MASKED = "++++++++";

    private final boolean secret;
    private final boolean appliedBefore;
    private final List<Difference> differences = new ArrayList<>();

    /**
     * A place in the object.
     *
     * @param field the nearest field's name
     * @param quantities whether values here are quantities
     */
    private record Place(String path, String field, boolean quantities) {
        Place field(String name) {
            String step = PLAIN_NAME.matcher(name).matches() ? name : "[\"" + name + "\"]";
            String joined = path.isEmpty() ? step : step.startsWith("[") ? path + step : path + "." + step;
            return new Place(joined, name, quantities || Scalars.holdsQuantities(name));
        }

        Place item(String text) {
            return new Place(path + "[" + text + "]", field, quantities);
        }
    }

    /** What the server remembers of the fields here: of ours, and of everybody's. */
    private record Fields(FieldSet ours, boolean owned, FieldSet all, boolean known) {
        /** Inside of an atomic list: it is compared by its values alone. */
        static final Fields NOTHING = new Fields(FieldSet.NONE, true, FieldSet.NONE, false);

        Fields field(String name) {
            return at(ours.field(name), all.field(name));
        }

        Fields item(JsonNode item) {
            return at(childOf(ours, item), childOf(all, item));
        }

        private Fields at(Optional<FieldSet> oursThere, Optional<FieldSet> allThere) {
            boolean ownedThere = oursThere.isPresent() || (owned && ours.isEmpty());
            return new Fields(
                    oursThere.orElse(FieldSet.NONE), ownedThere, allThere.orElse(FieldSet.NONE), allThere.isPresent());
        }

        private static Optional<FieldSet> childOf(FieldSet list, JsonNode item) {
            return list.children().keySet().stream()
                    .filter(element -> FieldSet.keysOf(element)
                            .filter(keys -> new Lists.Keyed(names(keys))
                                    .find(keys, array(item), Set.of())
                                    .isPresent())
                            .isPresent())
                    .findFirst()
                    .flatMap(list::child);
        }

        /** A list or map that the schema calls atomic: it changes hands as a whole. */
        boolean atomic() {
            return known && all.isEmpty();
        }
    }

    private Comparison(boolean secret, boolean appliedBefore) {
        this.secret = secret;
        this.appliedBefore = appliedBefore;
    }

    static List<Difference> differences(ObjectNode desired, ObjectNode live, String fieldManager) {
        FieldSet ours = FieldSet.appliedBy(fieldManager, live);
        boolean secret = "Secret".equals(desired.path("kind").asText())
                && "v1".equals(desired.path("apiVersion").asText());
        Comparison comparison = new Comparison(secret, !ours.isEmpty());
        Place root = new Place("", "", false);
        Fields fields = new Fields(ours, true, FieldSet.ofAll(live), true);
        for (Map.Entry<String, JsonNode> entry : desired.properties()) {
            if (!"status".equals(entry.getKey())) {
                comparison.compare(
                        root.field(entry.getKey()),
                        entry.getValue(),
                        live.path(entry.getKey()),
                        fields.field(entry.getKey()));
            }
        }
        comparison.surplus(root, ours, desired, live);
        return comparison.differences;
    }

    /** Whether every wanted field is ours already, whatever its value. */
    static boolean ownsAll(ObjectNode desired, ObjectNode live, String fieldManager) {
        FieldSet ours = FieldSet.appliedBy(fieldManager, live);
        ObjectNode owned = desired.deepCopy();
        owned.remove(List.of("apiVersion", "kind", "status"));
        // nobody owns what makes the object itself
        if (owned.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(List.of("name", "namespace"));
        }
        return !ours.isEmpty() && owns(owned, ours);
    }

    private static boolean owns(JsonNode desired, FieldSet ours) {
        if (ours.isEmpty()) {
            return true;
        }
        if (desired instanceof ArrayNode items) {
            return items.valueStream()
                    .allMatch(item -> ours.isSet()
                            ? ours.children().keySet().stream()
                                    .anyMatch(element -> FieldSet.valueOf(element)
                                            .filter(value -> Scalars.same(value, item))
                                            .isPresent())
                            : Fields.childOf(ours, item)
                                    .filter(child -> owns(item, child))
                                    .isPresent());
        }
        return desired.properties().stream()
                .filter(entry -> !isNothing(entry.getValue()))
                .allMatch(entry -> ours.field(entry.getKey())
                        .filter(child -> owns(entry.getValue(), child))
                        .isPresent());
    }

    private static boolean isNothing(JsonNode value) {
        return value.isNull() || (value.isContainerNode() && Scalars.isZero(value));
    }

    private void compare(Place place, JsonNode desired, JsonNode live, Fields fields) {
        if (desired.isNull()) {
            return;
        }
        if (live.isMissingNode() || live.isNull()) {
            compareWithNothing(place, desired, fields);
            return;
        }
        switch (desired) {
            case ObjectNode object when live.isObject() -> compareObjects(place, object, live, fields);
            case ArrayNode array when live.isArray() -> compareArrays(place, array, live, fields);
            case JsonNode value when !sameValue(place, value, live) -> differ(place, value, live);
            case JsonNode _ -> {
                // the same value
            }
        }
    }

    /** A zero value may have been left out by the server, unless somebody took the field from us. */
    private void compareWithNothing(Place place, JsonNode desired, Fields fields) {
        boolean leftOut = Scalars.isZero(desired) && (isNothing(desired) || fields.owned() || !appliedBefore);
        if (!leftOut) {
            differ(place, desired, null);
        }
    }

    private static boolean sameValue(Place place, JsonNode desired, JsonNode live) {
        return Scalars.same(desired, live) || (place.quantities() && Scalars.sameQuantity(desired, live));
    }

    private void compareObjects(Place place, ObjectNode desired, JsonNode live, Fields fields) {
        for (Map.Entry<String, JsonNode> entry : desired.properties()) {
            compare(
                    place.field(entry.getKey()),
                    entry.getValue(),
                    live.path(entry.getKey()),
                    fields.field(entry.getKey()));
        }
        // what is in an atomic map and not wanted is a default if the map is ours, and a change if it is another's
        if (appliedBefore && fields.atomic() && !fields.owned()) {
            for (Map.Entry<String, JsonNode> entry : live.properties()) {
                if (!desired.has(entry.getKey())) {
                    differ(place.field(entry.getKey()), null, entry.getValue());
                }
            }
        }
    }

    private void compareArrays(Place place, ArrayNode desired, JsonNode live, Fields fields) {
        switch (Lists.of(place.field(), desired, fields.known() ? fields.all() : FieldSet.NONE)) {
            case Lists.Keyed keyed -> compareItems(place, keyed, desired, live, fields);
            case Lists.Values _ ->
                desired.forEach(value -> {
                    if (live.valueStream().noneMatch(other -> Scalars.same(value, other))) {
                        differ(place.item(text(place, value)), value, null);
                    }
                });
            case Lists.Whole _ -> compareInOrder(place, desired, live);
        }
    }

    private void compareItems(Place place, Lists.Keyed keyed, ArrayNode desired, JsonNode live, Fields fields) {
        Set<JsonNode> taken = Collections.newSetFromMap(new IdentityHashMap<>());
        for (JsonNode item : desired) {
            Place itemPlace = place.item(keyed.text(item));
            Optional<JsonNode> found = keyed.find(item, live, taken);
            if (found.isEmpty()) {
                differ(itemPlace, item, null);
            } else {
                taken.add(found.get());
                compare(itemPlace, item, found.get(), fields.item(found.get()));
            }
        }
    }

    private void compareInOrder(Place place, ArrayNode desired, JsonNode live) {
        if (desired.size() != live.size()) {
            differ(place, desired, live);
            return;
        }
        for (int at = 0; at < desired.size(); at++) {
            compare(place.item(String.valueOf(at)), desired.get(at), live.get(at), Fields.NOTHING);
        }
    }

    /** Lists what we applied and want no longer, as far as it is still there. */
    private void surplus(Place place, FieldSet ours, JsonNode desired, JsonNode live) {
        for (Map.Entry<String, FieldSet> entry : ours.children().entrySet()) {
            String element = entry.getKey();
            FieldSet child = entry.getValue();
            FieldSet.fieldName(element)
                    .ifPresent(name -> surplusChild(place.field(name), child, desired.path(name), live.path(name)));
            FieldSet.keysOf(element).ifPresent(keys -> {
                Lists.Keyed keyed = new Lists.Keyed(names(keys));
                surplusChild(
                        place.item(keyed.text(keys)),
                        child,
                        keyed.find(keys, desired, Set.of()).orElse(MISSING),
                        keyed.find(keys, live, Set.of()).orElse(MISSING));
            });
            FieldSet.valueOf(element)
                    .filter(value -> live.valueStream().anyMatch(other -> Scalars.same(value, other)))
                    .filter(value -> desired.valueStream().noneMatch(other -> Scalars.same(value, other)))
                    .ifPresent(value -> differ(place.item(text(place, value)), null, value));
        }
    }

    private void surplusChild(Place place, FieldSet ours, JsonNode desired, JsonNode live) {
        if (live.isMissingNode() || live.isNull()) {
            return;
        }
        boolean wanted = !desired.isMissingNode() && !desired.isNull();
        if (!ours.isEmpty()) {
            surplus(place, ours, desired, live);
        } else if (!wanted) {
            differ(place, null, live);
        }
    }

    private static final JsonNode MISSING = Json.mapper().missingNode();

    private static List<String> names(ObjectNode keys) {
        List<String> names = new ArrayList<>();
        keys.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static ArrayNode array(JsonNode item) {
        return Json.mapper().createArrayNode().add(item);
    }

    private void differ(Place place, @Nullable JsonNode want, @Nullable JsonNode got) {
        differences.add(new Difference(
                place.path(), want == null ? null : text(place, want), got == null ? null : text(place, got)));
    }

    private String text(Place place, JsonNode value) {
        boolean hidden = secret
                && (place.path().startsWith("data")
                        || place.path().startsWith("stringData")
                        || place.path().startsWith("metadata.annotations[\"kubectl.kubernetes.io/last-applied"));
        if (hidden) {
            return MASKED;
        }
        String text = Json.text(value);
        return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "…";
    }
}
