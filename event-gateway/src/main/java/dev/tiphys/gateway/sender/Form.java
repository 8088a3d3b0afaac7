package dev.tiphys.gateway.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.gateway.delivery.Delivery;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a form or of a query.
 *
 * @param fields the values by name, in the order sent
 */
record Form(Map<String, List<String>> fields) {
    private static final int MAX_FIELDS = 1_000;
    private static final String TYPE = "application/x-www-form-urlencoded";

    static boolean isForm(@Nullable String contentType) {
        return contentType != null
                && contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(TYPE);
    }

    /** {@return the body's fields} */
    static Optional<Form> of(Delivery delivery) {
        return read(new String(delivery.body(), UTF_8));
    }

    /** {@return the fields; empty if they are wrongly escaped or too many} */
    static Optional<Form> read(String text) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        String[] pairs = text.split("&", MAX_FIELDS + 1);
        if (pairs.length > MAX_FIELDS) {
            return Optional.empty();
        }
        try {
            for (String pair : pairs) {
                if (!pair.isEmpty()) {
                    int equals = pair.indexOf('=');
                    String name = equals < 0 ? pair : pair.substring(0, equals);
                    String value = equals < 0 ? "" : pair.substring(equals + 1);
                    fields.computeIfAbsent(URLDecoder.decode(name, UTF_8), _ -> new ArrayList<>())
                            .add(URLDecoder.decode(value, UTF_8));
                }
            }
        } catch (IllegalArgumentException e) {
            // No form: an escape is wrong.
            return Optional.empty();
        }
        return Optional.of(new Form(fields));
    }

    /** {@return the first value of a field; empty if it has none} */
    Optional<String> first(String name) {
        return fields.getOrDefault(name, List.of()).stream().findFirst().filter(value -> !value.isEmpty());
    }

    /** {@return an object with the first value of each field} */
    ObjectNode flat() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        fields.forEach((name, values) -> object.put(name, values.getFirst()));
        return object;
    }

    /** {@return an object with all values of each field, as Go's {@code url.Values} is written} */
    ObjectNode lists() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        fields.forEach((name, values) -> values.forEach(object.withArrayProperty(name)::add));
        return object;
    }
}
