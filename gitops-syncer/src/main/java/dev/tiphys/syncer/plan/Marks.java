package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Optional;

/** Argo CD's annotations that steer a sync. */
final class Marks {
    static final String WAVE = "argocd.argoproj.io/sync-wave";
    static final String HOOK = "argocd.argoproj.io/hook";
    static final String HELM_HOOK = "helm.sh/hook";
    private static final String OPTIONS = "argocd.argoproj.io/sync-options";
    private static final String COMPARE = "argocd.argoproj.io/compare-options";

    private Marks() {}

    static String annotation(JsonNode object, String name) {
        return object.path("metadata").path("annotations").path(name).asText("");
    }

    static boolean hasOption(JsonNode object, String option) {
        return lists(annotation(object, OPTIONS), option);
    }

    static boolean comparesWith(JsonNode object, String option) {
        return lists(annotation(object, COMPARE), option);
    }

    private static boolean lists(String commaSeparated, String option) {
        return Arrays.stream(commaSeparated.split(",", -1)).map(String::strip).anyMatch(option::equals);
    }

    /** The wave; empty if the annotation is no number. */
    static Optional<Integer> wave(JsonNode object) {
        String text = annotation(object, WAVE).strip();
        try {
            return Optional.of(text.isEmpty() ? 0 : Integer.parseInt(text));
        } catch (NumberFormatException _) {
            // Argo CD takes such a wave for 0; the caller warns
            return Optional.empty();
        }
    }

    /** {@return the hook's phases, with Helm's names where only those are given; empty for ordinary objects} */
    static String hook(JsonNode object) {
        String hook = annotation(object, HOOK).strip();
        String helm = annotation(object, HELM_HOOK).strip();
        return hook.isEmpty() && !"crd-install".equals(helm) ? helm : hook;
    }
}
