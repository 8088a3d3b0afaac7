package dev.tiphys.contracts.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a document, read field by field. What is wrong goes to the {@link Inspection}, and a harmless value is
 * answered, so that one reading finds everything; the definition is then not built. {@link #end} reports the fields that
 * nobody asked for.
 */
final class Fields {
    private static final int SHOWN = 40;
    private static final String SECRET_FORM = "letters, digits, ., _ and -";

    private final JsonNode node;
    private final String path;
    private final Inspection inspection;
    private final Set<String> known = new LinkedHashSet<>();

    private final boolean real;

    private Fields(JsonNode node, String path, Inspection inspection) {
        this.real = node.isObject();
        this.node = real ? node : JsonNodeFactory.instance.objectNode();
        this.path = path;
        this.inspection = inspection;
    }

    /** Reads a value as a mapping, and reports if it is none. */
    static Fields of(JsonNode node, String path, Inspection inspection) {
        if (!node.isObject()) {
            inspection.error(path, "expected a mapping of fields, met " + met(node));
        }
        return new Fields(node, path, inspection);
    }

    String path() {
        return path;
    }

    String path(String name) {
        return Places.field(path, name);
    }

    Inspection inspection() {
        return inspection;
    }

    /** {@return whether the mapping is there; if not, that is reported and what is missing in it is not} */
    boolean there() {
        return real;
    }

    /** {@return whether the field is there with a value} */
    boolean has(String name) {
        return value(name) != null;
    }

    /** {@return the names of all fields that are there with a value, in order} */
    List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(name -> {
            if (!node.path(name).isNull()) {
                names.add(name);
            }
        });
        return names;
    }

    /** {@return the value of a field as it is; null if it is not there} */
    @Nullable
    JsonNode value(String name) {
        known.add(name);
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** {@return a text that must be there and not be empty} */
    String text(String name) {
        JsonNode value = required(name, "a text");
        String text = value == null ? null : textOf(value, path(name));
        if (text != null && text.isBlank()) {
            inspection.error(path(name), "expected a text, met an empty one");
        }
        return text == null ? "" : text;
    }

    @Nullable
    String optionalText(String name) {
        return has(name) ? text(name) : null;
    }

    String text(String name, String fallback) {
        return has(name) ? text(name) : fallback;
    }

    /** {@return a text that must be there in a form; {@code form} says it in words} */
    String text(String name, Pattern pattern, String form) {
        String text = text(name);
        if (!text.isBlank() && !pattern.matcher(text).matches()) {
            inspection.error(path(name), "expected " + form + ", met \"" + shown(text) + "\"");
        }
        return text;
    }

    /** {@return a text that names another definition, and holds no expression} */
    String reference(String name) {
        return text(name, Syntax.NAME, "the name of a definition: small letters, digits, - and .");
    }

    String reference(String name, String fallback) {
        return has(name) ? reference(name) : fallback;
    }

    /** {@return a text that {@code wrong} finds nothing wrong with} */
    String checked(String name, Function<String, @Nullable String> wrong) {
        String text = text(name);
        check(path(name), text, wrong);
        return text;
    }

    /** {@return the constant of a word: the constants' names in small letters with {@code -}} */
    <E extends Enum<E>> E word(String name, Class<E> type, E fallback) {
        if (!has(name)) {
            return fallback;
        }
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        E constant = words.get(oneOf(name, words.keySet(), ""));
        return constant == null ? fallback : constant;
    }

    String oneOf(String name, Collection<String> words, String fallback) {
        if (!has(name)) {
            return fallback;
        }
        String text = text(name);
        if (!text.isBlank() && !words.contains(text)) {
            inspection.error(
                    path(name),
                    "expected " + either(words) + ", met \"" + shown(text) + "\"" + Suggestion.text(text, words));
        }
        return text;
    }

    boolean flag(String name, boolean fallback) {
        JsonNode value = value(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            inspection.error(path(name), "expected true or false, met " + met(value));
        }
        return value.asBoolean(fallback);
    }

    int whole(String name, int fallback, int min, int max) {
        JsonNode value = value(name);
        return value == null ? fallback : wholeOf(value, path(name), fallback, min, max);
    }

    /** {@return whole numbers, given as a list or as one} */
    List<Integer> wholes(String name, int min, int max) {
        JsonNode value = value(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            return List.of(wholeOf(value, path(name), min, min, max));
        }
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode item : value) {
            numbers.add(wholeOf(item, Places.item(path(name), numbers.size()), min, min, max));
        }
        return numbers;
    }

    private int wholeOf(JsonNode value, String where, int fallback, int min, int max) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            inspection.error(where, "expected a whole number from " + min + " to " + max + ", met " + met(value));
            return fallback;
        }
        return value.intValue();
    }

    /** {@return bytes, given as a number or as a text with {@code Ki} or {@code Mi}; null if the field is not there} */
    @Nullable
    Long optionalSize(String name, long min, long max) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        Long bytes = value.isTextual() ? Syntax.size(value.textValue()).orElse(null) : null;
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            bytes = value.longValue();
        }
        if (bytes == null) {
            inspection.error(
                    path(name), "expected a number of bytes, or a size such as 512Ki or 25Mi, met " + met(value));
            return null;
        }
        if (bytes < min || bytes > max) {
            inspection.error(path(name), "expected a size from " + min + " to " + max + " bytes, met " + met(value));
        }
        return bytes;
    }

    @Nullable
    Integer optionalWhole(String name, int min, int max) {
        return has(name) ? whole(name, min, min, max) : null;
    }

    double number(String name, double fallback, double min, double max) {
        JsonNode value = value(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isNumber() || value.doubleValue() < min || value.doubleValue() > max) {
            inspection.error(path(name), "expected a number from " + min + " to " + max + ", met " + met(value));
            return fallback;
        }
        return value.doubleValue();
    }

    @Nullable
    Duration optionalDuration(String name) {
        return has(name) ? duration(name) : null;
    }

    Duration duration(String name, Duration fallback) {
        return has(name) ? duration(name) : fallback;
    }

    Duration duration(String name) {
        JsonNode value = required(name, "a duration such as 30m, 1h30m or 90s");
        return value == null ? Duration.ofSeconds(1) : duration(value, path(name), inspection);
    }

    /** {@return the duration that a value means; a second if it means none, which is reported} */
    static Duration duration(JsonNode value, String where, Inspection inspection) {
        Duration longest = Duration.ofDays(366);
        Duration found = value.isTextual() ? Syntax.duration(value.textValue()).orElse(null) : null;
        if (found == null) {
            inspection.error(where, "expected a duration such as 30m, 1h30m or 90s, met " + met(value));
            return Duration.ofSeconds(1);
        }
        if (found.isZero() || found.compareTo(longest) > 0) {
            inspection.error(where, "expected a duration above 0 and up to 366 days, met " + met(value));
            return Duration.ofSeconds(1);
        }
        return found;
    }

    List<String> texts(String name) {
        return texts(name, text -> null);
    }

    /** {@return a list of texts that {@code wrong} finds nothing wrong with; empty if the field is not there} */
    List<String> texts(String name, Function<String, @Nullable String> wrong) {
        List<String> texts = new ArrayList<>();
        for (Item item : items(name)) {
            String text = textOf(item.node(), item.path());
            if (text != null) {
                check(item.path(), text, wrong);
                texts.add(text);
            }
        }
        return texts;
    }

    /** {@return texts, given as a list or as one} */
    List<String> textOrTexts(String name, Function<String, @Nullable String> wrong) {
        JsonNode value = value(name);
        return value != null && value.isTextual() ? List.of(checked(name, wrong)) : texts(name, wrong);
    }

    /** {@return a mapping of names to scalars, the scalars as texts; empty if the field is not there} */
    Map<String, String> textMap(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Item item : entries(name).values()) {
            String text = scalarOf(item.node(), item.path());
            texts.put(item.name(), text == null ? "" : text);
        }
        return texts;
    }

    /** One value of a list or of a mapping with free names; {@code name} is empty in a list. */
    record Item(String name, JsonNode node, String path) {}

    List<Item> items(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return List.of();
        }
        List<Item> items = new ArrayList<>();
        if (!value.isArray()) {
            inspection.error(path(name), "expected a list, met " + met(value));
            return items;
        }
        for (JsonNode item : value) {
            items.add(new Item("", item, Places.item(path(name), items.size())));
        }
        return items;
    }

    Map<String, Item> entries(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return Map.of();
        }
        Map<String, Item> entries = new LinkedHashMap<>();
        if (!value.isObject()) {
            inspection.error(path(name), "expected a mapping of names to values, met " + met(value));
            return entries;
        }
        value.properties()
                .forEach(entry -> entries.put(
                        entry.getKey(),
                        new Item(entry.getKey(), entry.getValue(), Places.field(path(name), entry.getKey()))));
        return entries;
    }

    Fields mapping(String name) {
        JsonNode value = required(name, "a mapping of fields");
        return value == null
                ? new Fields(JsonNodeFactory.instance.nullNode(), path(name), inspection)
                : of(value, path(name), inspection);
    }

    @Nullable
    Fields optionalMapping(String name) {
        return has(name) ? mapping(name) : null;
    }

    /**
     * {@return the secret that a field refers to by <code>{secretRef: {name, key}}</code>}
     *
     * @param defaultKey the key if none is given; null if one must be
     */
    SecretRef secret(String name, @Nullable String defaultKey) {
        JsonNode value = required(name, "{secretRef: {name, key}}");
        if (value == null) {
            return new SecretRef("", "");
        }
        return secretOf(value, path(name), inspection, defaultKey);
    }

    @Nullable
    SecretRef optionalSecret(String name, String defaultKey) {
        return has(name) ? secret(name, defaultKey) : null;
    }

    /** {@return the name of a secret whose keys are fixed, by <code>{secretRef: {name}}</code>; null if it is not there} */
    @Nullable
    String optionalSecretName(String name) {
        Fields holder = optionalMapping(name);
        if (holder == null) {
            return null;
        }
        Fields reference = holder.mapping("secretRef");
        String secret = reference.text("name", Syntax.SECRET_PART, SECRET_FORM);
        reference.end();
        holder.end();
        return secret;
    }

    /** {@return the secret that a field refers to as Argo does it, by {@code {name, key}}; null if it is not there} */
    @Nullable
    SecretRef optionalSelector(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            inspection.error(
                    path(name),
                    "expected {name, key} of a secret, met a plain value: a definition never holds a secret itself");
            return null;
        }
        Fields selector = of(value, path(name), inspection);
        SecretRef secret = new SecretRef(
                selector.text("name", Syntax.SECRET_PART, SECRET_FORM),
                selector.text("key", Syntax.SECRET_PART, SECRET_FORM));
        selector.free("optional");
        selector.endLeniently();
        return secret;
    }

    static SecretRef secretOf(JsonNode value, String where, Inspection inspection, @Nullable String defaultKey) {
        if (!value.isObject()) {
            inspection.error(
                    where,
                    "expected {secretRef: {name, key}}, met a plain value: a definition never holds a secret itself;"
                            + " put it among the secrets and name it here");
            return new SecretRef("", "");
        }
        Fields holder = of(value, where, inspection);
        SecretRef secret = holder.secretRef(defaultKey);
        holder.end();
        return secret;
    }

    /** {@return what this mapping's own {@code secretRef} names} */
    SecretRef secretRef(@Nullable String defaultKey) {
        Fields reference = mapping("secretRef");
        String secret = reference.text("name", Syntax.SECRET_PART, SECRET_FORM);
        String key = defaultKey != null && !reference.has("key")
                ? defaultKey
                : reference.text("key", Syntax.SECRET_PART, SECRET_FORM);
        reference.end();
        return new SecretRef(secret, key);
    }

    /** Knows a field that may stand there and is not acted upon. */
    void passedOver(String name, String why) {
        if (has(name)) {
            inspection.warningAtName(path(name), "is kept and not acted upon: " + why);
        }
    }

    /** Knows a field that must not stand there. */
    void refused(String name, String why) {
        if (has(name)) {
            inspection.errorAtName(path(name), why);
        }
    }

    /** Knows a field whose content nobody here reads. */
    void free(String... names) {
        known.addAll(List.of(names));
    }

    /** Reports the fields that nobody asked for. Fields that would hold a secret are errors, all others are kept. */
    void end() {
        for (String name : names()) {
            if (known.contains(name)) {
                continue;
            }
            if (Syntax.namesSecret(name) && node.path(name).isValueNode()) {
                inspection.errorAtName(
                        path(name),
                        "the field is not known here, and a definition never holds a secret itself;"
                                + " put it among the secrets and name it by secretRef");
                continue;
            }
            inspection.warningAtName(
                    path(name), "the field is not known here; it is kept and not read" + Suggestion.text(name, known));
        }
    }

    /** As {@link #end}, for manifests whose own reader ignores what it does not know: nothing is an error. */
    void endLeniently() {
        for (String name : names()) {
            if (!known.contains(name)) {
                String secret = Syntax.namesSecret(name) && node.path(name).isValueNode()
                        ? "; if it is a secret, take it out: a definition is stored and shown as it is"
                        : Suggestion.text(name, known);
                inspection.warningAtName(path(name), "the field is not known here; it is kept and not read" + secret);
            }
        }
    }

    /** {@return what a value is, for a message; long texts are cut} */
    static String met(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "a mapping";
            case NULL, MISSING -> "nothing";
            case BOOLEAN -> value.asText();
            case NUMBER -> "the number " + shown(value.asText());
            case STRING -> "\"" + shown(value.textValue()) + "\"";
            case BINARY, POJO -> "something that is no JSON";
        };
    }

    /** {@return {@code a, b or c}} */
    static String either(Collection<String> words) {
        String all = words.stream().collect(Collectors.joining(", "));
        int last = all.lastIndexOf(", ");
        return last < 0 ? all : all.substring(0, last) + " or " + all.substring(last + 2);
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }

    private void check(String where, String text, Function<String, @Nullable String> wrong) {
        String message = text.isBlank() ? null : wrong.apply(text);
        if (message != null) {
            inspection.error(where, message);
        }
    }

    private @Nullable JsonNode required(String name, String expected) {
        JsonNode value = value(name);
        if (value == null && real) {
            String twin = names().stream()
                    .filter(other -> !known.contains(other))
                    .filter(other -> Suggestion.nearest(other, List.of(name)).isPresent())
                    .findFirst()
                    .map(other -> "; is \"" + other + "\" meant to be it?")
                    .orElse("");
            inspection.error(path, "the field \"" + name + "\" is missing: expected " + expected + twin);
        }
        return value;
    }

    private @Nullable String textOf(JsonNode value, String where) {
        if (value.isTextual()) {
            return value.textValue();
        }
        String quotes = value.isValueNode() ? ": put it in quotes" : "";
        inspection.error(where, "expected a text, met " + met(value) + quotes);
        return null;
    }

    private @Nullable String scalarOf(JsonNode value, String where) {
        if (value.isTextual() || value.isNumber() || value.isBoolean()) {
            return value.asText();
        }
        inspection.error(where, "expected a text, met " + met(value));
        return null;
    }
}
