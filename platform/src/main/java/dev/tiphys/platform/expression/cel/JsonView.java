package dev.tiphys.platform.expression.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.common.values.NullValue;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Shows JSON to CEL without copying it: a scope may hold a payload of megabytes of which an expression reads one field.
 * Remembers the last key that was not there. For one evaluation.
 */
final class JsonView {
    /** More keys than these help nobody. */
    private static final int MAX_KEYS = 50;

    private @Nullable Miss miss;

    /** A container of the scope. */
    sealed interface Part {
        int size();
    }

    private record Miss(String key, ObjectNode where) {}

    Map<String, Object> variables(Set<String> names, JsonNode scope) {
        Map<String, Object> variables = new HashMap<>();
        for (String name : names) {
            if (scope.has(name)) {
                variables.put(name, view(scope.path(name)));
            }
        }
        return variables;
    }

    CannotResolve missed(String expression, String reason) {
        Miss last = miss;
        return last == null || !reason.contains(last.key())
                ? new CannotResolve(expression, reason)
                : new CannotResolve(expression, "there is no key '" + last.key() + "'", keys(last.where()));
    }

    static List<String> keys(JsonNode object) {
        return StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
                .sorted()
                .limit(MAX_KEYS)
                .toList();
    }

    private Object view(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> new ObjectView((ObjectNode) node);
            case ARRAY -> new ArrayView((ArrayNode) node);
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER ->
                node.isIntegralNumber() && node.canConvertToLong() ? (Object) node.longValue() : node.doubleValue();
            case NULL, MISSING, BINARY, POJO -> NullValue.NULL_VALUE;
        };
    }

    private final class ObjectView extends AbstractMap<String, Object> implements Part {
        private final ObjectNode node;

        private ObjectView(ObjectNode node) {
            this.node = node;
        }

        @Override
        public boolean containsKey(@Nullable Object key) {
            return find(key) != null;
        }

        @Override
        public @Nullable Object get(@Nullable Object key) {
            JsonNode found = find(key);
            return found == null ? null : view(found);
        }

        private @Nullable JsonNode find(@Nullable Object key) {
            if (!(key instanceof String name)) {
                return null;
            }
            JsonNode found = node.get(name);
            if (found == null) {
                miss = new Miss(name, node);
            }
            return found;
        }

        @Override
        public int size() {
            return node.size();
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public Iterator<Entry<String, Object>> iterator() {
                    return node.properties().stream()
                            .map(field -> Map.entry(field.getKey(), view(field.getValue())))
                            .iterator();
                }

                @Override
                public int size() {
                    return node.size();
                }
            };
        }
    }

    private final class ArrayView extends AbstractList<Object> implements Part {
        private final ArrayNode node;

        private ArrayView(ArrayNode node) {
            this.node = node;
        }

        @Override
        public Object get(int index) {
            Objects.checkIndex(index, node.size());
            return view(node.path(index));
        }

        @Override
        public int size() {
            return node.size();
        }
    }
}
