package dev.tiphys.sandbox.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Server-side apply and the bookkeeping of who owns what. A conflict is a path that the applier changes and another owns;
 * what the applier owned, wants no more and nobody else owns is removed.
 */
public final class Ownership {

    private static final List<FieldPath> NEVER_OWNED = List.of(
            FieldPath.of("apiVersion"),
            FieldPath.of("kind"),
            FieldPath.of("metadata", "name"),
            FieldPath.of("metadata", "namespace"),
            FieldPath.of("metadata", "uid"),
            FieldPath.of("metadata", "creationTimestamp"),
            FieldPath.of("metadata", "deletionTimestamp"),
            FieldPath.of("metadata", "deletionGracePeriodSeconds"),
            FieldPath.of("metadata", "generation"),
            FieldPath.of("metadata", "resourceVersion"),
            FieldPath.of("metadata", "selfLink"),
            FieldPath.of("metadata", "managedFields"));

    private final Shapes shapes;
    private final FieldSets sets;

    /** The rules for one kind. */
    public Ownership(Shapes shapes) {
        this.shapes = shapes;
        this.sets = new FieldSets(shapes);
    }

    /** What became of an apply. */
    public sealed interface Outcome {

        /** The merged object; it is the live one, unchanged, when the apply had nothing to do. */
        record Applied(ObjectNode object) implements Outcome {}

        /** Others own what this apply would change. */
        record Conflicted(List<Conflict> conflicts) implements Outcome {
            public Conflicted {
                conflicts = List.copyOf(conflicts);
            }
        }
    }

    /** One field that another manager owns. {@code owner} is the text for people. */
    public record Conflict(String owner, String field) {}

    /**
     * Applies a configuration to the live object.
     *
     * @param live the object as it is; empty, but for its identity, when it is made now
     * @param force whether to take what others own
     */
    public Outcome apply(ObjectNode live, ObjectNode config, FieldWriter writer, boolean force) {
        List<ManagedEntry> entries = ManagedEntry.read(live.path("metadata").path("managedFields"));
        ManagedEntry.Owner me = writer.by(ManagedEntry.APPLY);
        Optional<ManagedEntry> previous =
                entries.stream().filter(entry -> entry.owner().isSameWriter(me)).findFirst();
        List<ManagedEntry> others = entries.stream()
                .filter(entry -> !entry.owner().isSameWriter(me))
                .toList();
        Set<FieldPath> wanted = owned(config);

        ObjectNode merged = (ObjectNode) merge(live, config, List.of());
        previous.ifPresent(entry -> prune(merged, entry.fields(), wanted, others));

        Set<FieldPath> changed = sets.changed(live, merged);
        List<Conflict> conflicts = conflicts(others, changed);
        if (!conflicts.isEmpty() && !force) {
            return new Outcome.Conflicted(conflicts);
        }
        boolean keeps = previous.isPresent()
                && previous.get().fields().equals(wanted)
                && previous.get().owner().equals(me);
        if (keeps && changed.isEmpty() && sets.removed(live, merged).isEmpty()) {
            return new Outcome.Applied(live);
        }
        Set<FieldPath> lost = new HashSet<>(changed);
        lost.addAll(sets.removed(live, merged));
        List<ManagedEntry> after = new ArrayList<>();
        after.add(new ManagedEntry(me, writer.time(), wanted));
        others.forEach(entry -> after.add(entry.without(lost)));
        ManagedEntry.write(after, merged);
        return new Outcome.Applied(merged);
    }

    /**
     * Notes that a writer replaced or patched an object: it owns what it changed, and others lose that.
     *
     * @param before the object as it was, empty when it is made now
     * @param after the object as it shall be; its managed fields are rewritten in place
     */
    public void track(ObjectNode before, ObjectNode after, FieldWriter writer) {
        JsonNode given = after.path("metadata").path("managedFields");
        List<ManagedEntry> entries = ManagedEntry.read(
                given.isArray() ? given : before.path("metadata").path("managedFields"));
        ManagedEntry.Owner me = writer.by(ManagedEntry.UPDATE);
        Set<FieldPath> changed = new HashSet<>(sets.changed(before, after));
        changed.removeIf(Ownership::isNeverOwned);
        Set<FieldPath> lost = new HashSet<>(changed);
        lost.addAll(sets.removed(before, after));

        List<ManagedEntry> tracked = new ArrayList<>();
        Set<FieldPath> mine = new HashSet<>(changed);
        String since = changed.isEmpty() ? "" : writer.time();
        for (ManagedEntry entry : entries) {
            if (entry.owner().isSameWriter(me)) {
                mine.addAll(entry.without(sets.removed(before, after)).fields());
                since = changed.isEmpty() ? entry.time() : since;
            } else {
                tracked.add(entry.without(lost));
            }
        }
        tracked.add(new ManagedEntry(me, since, mine));
        ManagedEntry.write(tracked, after);
    }

    private Set<FieldPath> owned(ObjectNode config) {
        Set<FieldPath> wanted = new HashSet<>(sets.of(config));
        wanted.removeIf(Ownership::isNeverOwned);
        return wanted;
    }

    private static boolean isNeverOwned(FieldPath path) {
        return path.equals(FieldPath.of("metadata")) || NEVER_OWNED.stream().anyMatch(path::startsWith);
    }

    private static List<Conflict> conflicts(List<ManagedEntry> others, Set<FieldPath> changed) {
        List<Conflict> conflicts = new ArrayList<>();
        for (ManagedEntry entry : others) {
            entry.fields().stream()
                    .filter(changed::contains)
                    .map(path -> new Conflict(entry.text(), path.text()))
                    .sorted(Comparator.comparing(Conflict::field))
                    .forEach(conflicts::add);
        }
        return conflicts;
    }

    /** What {@code config} says is laid over {@code live}; what it does not say stays. */
    private JsonNode merge(JsonNode live, JsonNode config, List<String> fields) {
        if (live instanceof ObjectNode before
                && config instanceof ObjectNode wanted
                && (fields.isEmpty() || !shapes.isAtomicMap(fields))) {
            ObjectNode merged = before.deepCopy();
            wanted.properties().forEach(field -> {
                JsonNode old = before.get(field.getKey());
                merged.set(
                        field.getKey(),
                        old == null
                                ? field.getValue().deepCopy()
                                : merge(old, field.getValue(), FieldSets.with(fields, field.getKey())));
            });
            return merged;
        }
        if (live instanceof ArrayNode before && config instanceof ArrayNode wanted) {
            ListShape shape = shapes.listAt(fields);
            var old = FieldSets.items(before, shape);
            var fresh = FieldSets.items(wanted, shape);
            if (old.isPresent() && fresh.isPresent()) {
                return mergeItems(old.get(), fresh.get(), fields);
            }
        }
        return config.deepCopy();
    }

    /** The applied order leads; what only the live list has stays behind the item that it stood behind. */
    private ArrayNode mergeItems(
            Map<PathElement, JsonNode> live, Map<PathElement, JsonNode> wanted, List<String> fields) {
        List<PathElement> order = new ArrayList<>(wanted.keySet());
        int behind = 0;
        for (PathElement element : live.keySet()) {
            if (wanted.containsKey(element)) {
                behind = order.indexOf(element) + 1;
            } else {
                order.add(behind++, element);
            }
        }
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        for (PathElement element : order) {
            JsonNode old = live.get(element);
            JsonNode fresh = wanted.get(element);
            if (old != null && fresh != null) {
                merged.add(element instanceof PathElement.Item ? merge(old, fresh, fields) : fresh.deepCopy());
            } else {
                merged.add(old != null ? old.deepCopy() : fresh);
            }
        }
        return merged;
    }

    /** Removes what was applied before and is no more; a branch in which nobody owns anything goes with its defaults. */
    private void prune(ObjectNode merged, Set<FieldPath> before, Set<FieldPath> wanted, List<ManagedEntry> others) {
        Set<FieldPath> kept = new HashSet<>();
        for (FieldPath path : wanted) {
            addWithAncestors(path, kept);
        }
        others.forEach(entry -> entry.fields().forEach(path -> addWithAncestors(path, kept)));
        Map<FieldPath, FieldPath> removals = new LinkedHashMap<>();
        for (FieldPath path : before) {
            if (kept.contains(path)) {
                continue;
            }
            int depth = path.depth();
            while (depth > 2 && !kept.contains(path.first(depth - 1))) {
                depth--;
            }
            removals.put(path.first(depth), path);
        }
        removals.keySet().forEach(path -> remove(merged, path, 0, List.of()));
    }

    private static void addWithAncestors(FieldPath path, Set<FieldPath> all) {
        for (int depth = path.depth(); depth > 0 && all.add(path.first(depth)); depth--) {
            // every shorter path is added by the condition, until one is there already
        }
    }

    private void remove(JsonNode here, FieldPath path, int depth, List<String> fields) {
        PathElement element = path.elements().get(depth);
        boolean last = depth == path.depth() - 1;
        if (here instanceof ObjectNode object && element instanceof PathElement.Field(String name)) {
            if (last) {
                object.remove(name);
            } else {
                remove(object.path(name), path, depth + 1, FieldSets.with(fields, name));
            }
            return;
        }
        if (here instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                if (isAt(list.get(i), element, shapes.listAt(fields))) {
                    if (last) {
                        list.remove(i);
                    } else {
                        remove(list.get(i), path, depth + 1, fields);
                    }
                    return;
                }
            }
        }
    }

    private static boolean isAt(JsonNode item, PathElement element, ListShape shape) {
        return switch (element) {
            case PathElement.Field _ -> false;
            case PathElement.Item identity ->
                shape instanceof ListShape.Keyed keyed
                        && keyed.identify(item).filter(identity::equals).isPresent();
            case PathElement.Member(JsonNode value) -> FieldSets.same(value, item);
        };
    }
}
