package dev.tiphys.sandbox.fields;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Where a value stands in an object. A path that ends at a list item means that the item exists. */
record FieldPath(List<PathElement> elements) {

    static final FieldPath ROOT = new FieldPath(List.of());

    FieldPath {
        elements = List.copyOf(elements);
    }

    static FieldPath of(String... fields) {
        return new FieldPath(List.of(fields).stream()
                .<PathElement>map(PathElement.Field::new)
                .toList());
    }

    FieldPath then(PathElement element) {
        List<PathElement> longer = new ArrayList<>(elements);
        longer.add(element);
        return new FieldPath(longer);
    }

    FieldPath first(int count) {
        return new FieldPath(elements.subList(0, count));
    }

    int depth() {
        return elements.size();
    }

    boolean startsWith(FieldPath prefix) {
        return depth() >= prefix.depth() && elements.subList(0, prefix.depth()).equals(prefix.elements);
    }

    String text() {
        return elements.stream().map(PathElement::text).collect(Collectors.joining());
    }
}
