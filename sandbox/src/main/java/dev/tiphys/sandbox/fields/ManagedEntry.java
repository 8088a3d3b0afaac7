package dev.tiphys.sandbox.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What one manager owns of an object: an entry of {@code metadata.managedFields}. */
record ManagedEntry(Owner owner, String time, Set<FieldPath> fields) {

    static final String APPLY = "Apply";
    static final String UPDATE = "Update";

    ManagedEntry {
        fields = Set.copyOf(fields);
    }

    /** Who, by which kind of operation, in which version, through which subresource (empty for the object itself). */
    record Owner(String manager, String operation, String apiVersion, String subresource) {

        /** Whether both are the same manager's same way of writing; an apply may change its version. */
        boolean isSameWriter(Owner other) {
            return manager.equals(other.manager)
                    && operation.equals(other.operation)
                    && subresource.equals(other.subresource)
                    && (operation.equals(APPLY) || apiVersion.equals(other.apiVersion));
        }
    }

    ManagedEntry without(Set<FieldPath> lost) {
        Set<FieldPath> kept = new HashSet<>(fields);
        return kept.removeAll(lost) ? new ManagedEntry(owner, time, kept) : this;
    }

    /** As a conflict names it: an applier by its name, an updater with the version that it wrote in. */
    String text() {
        String name = "\"" + owner.manager() + "\""
                + (owner.subresource().isEmpty() ? "" : " with subresource \"" + owner.subresource() + "\"");
        return owner.operation().equals(UPDATE) ? name + " using " + owner.apiVersion() : name;
    }

    /** Reads {@code metadata.managedFields}; unreadable ones are an {@link IllegalArgumentException}. */
    static List<ManagedEntry> read(JsonNode managedFields) {
        List<ManagedEntry> entries = new ArrayList<>();
        for (JsonNode entry : managedFields) {
            Owner owner = new Owner(
                    entry.path("manager").asText(),
                    entry.path("operation").asText(),
                    entry.path("apiVersion").asText(),
                    entry.path("subresource").asText(""));
            if (!owner.operation().isEmpty()) {
                entries.add(new ManagedEntry(
                        owner, entry.path("time").asText(""), FieldSets.decode(entry.path("fieldsV1"))));
            }
        }
        return entries;
    }

    /** Writes {@code metadata.managedFields} into the object; owners of nothing are left out. */
    static void write(List<ManagedEntry> entries, ObjectNode object) {
        ObjectNode metadata = object.withObjectProperty("metadata");
        metadata.remove("managedFields");
        List<ManagedEntry> owning =
                entries.stream().filter(entry -> !entry.fields().isEmpty()).toList();
        if (owning.isEmpty()) {
            return;
        }
        var list = metadata.putArray("managedFields");
        for (ManagedEntry entry : owning) {
            ObjectNode written = JsonNodeFactory.instance.objectNode();
            written.put("apiVersion", entry.owner().apiVersion());
            written.put("fieldsType", "FieldsV1");
            written.set("fieldsV1", FieldSets.encode(entry.fields()));
            written.put("manager", entry.owner().manager());
            written.put("operation", entry.owner().operation());
            if (!entry.owner().subresource().isEmpty()) {
                written.put("subresource", entry.owner().subresource());
            }
            if (!entry.time().isEmpty()) {
                written.put("time", entry.time());
            }
            list.add(written);
        }
    }
}
