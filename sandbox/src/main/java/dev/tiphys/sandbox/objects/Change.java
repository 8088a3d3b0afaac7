package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one object.
 *
 * @param before the object as it was; null when it was made
 * @param after the object as it is; null when it is gone
 */
public record Change(
        long revision,
        ObjectKey key,
        @Nullable ObjectNode before,
        @Nullable ObjectNode after) {}
