package dev.tiphys.gateway;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a scrape holds, and what an expression over it asks for. */
final class Scrape {
    private static final Pattern WORD = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)(=|!=|=~|!~)\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without)\\s*\\(([^)]*)\\)");
    private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless");

    /** Prometheus gives these to whatever it scrapes. */
    private static final Set<String> GIVEN = Set.of("namespace", "pod");

    private final Set<String> metrics;
    private final Set<String> labels;

    Scrape(String text) {
        Set<String> series = text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toSet());
        metrics = Set.copyOf(series);
        labels = LABEL.matcher(text).results().map(label -> label.group(1)).collect(Collectors.toSet());
    }

    /** {@return the metrics and labels that an expression names and that are not here} */
    Set<String> missing(String expression) {
        Set<String> missing = new HashSet<>(metrics(expression));
        missing.removeAll(metrics);
        Set<String> named = new HashSet<>(labels(expression));
        named.removeAll(labels);
        named.removeAll(GIVEN);
        missing.addAll(named);
        return missing;
    }

    static Set<String> metrics(String expression) {
        String plain = TEXT.matcher(expression).replaceAll("");
        plain = GROUPING.matcher(plain)
                .replaceAll("")
                .replaceAll("\\{[^}]*}", "")
                .replaceAll("\\[[^]]*]", "");
        String rest = plain;
        return WORD.matcher(rest)
                .results()
                .filter(word -> !rest.substring(word.end()).stripLeading().startsWith("("))
                .map(word -> word.group())
                .filter(word -> !OPERATORS.contains(word))
                .collect(Collectors.toSet());
    }

    private static Set<String> labels(String expression) {
        Set<String> named =
                LABEL.matcher(expression).results().map(label -> label.group(1)).collect(Collectors.toSet());
        GROUPING.matcher(expression)
                .results()
                .flatMap(grouping -> WORD.matcher(grouping.group(1)).results())
                .forEach(word -> named.add(word.group()));
        return named;
    }
}
