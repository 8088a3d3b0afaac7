package dev.tiphys.sandbox.fields;

/**
 * Who writes, and in which way.
 *
 * @param manager the field manager's name
 * @param subresource the subresource that is written through, or empty
 * @param time the moment, as Kubernetes writes it
 */
public record FieldWriter(String manager, String apiVersion, String subresource, String time) {

    ManagedEntry.Owner by(String operation) {
        return new ManagedEntry.Owner(manager, operation, apiVersion, subresource);
    }
}
