package dev.tiphys.contracts.definition;

import java.util.ArrayList;
import java.util.List;

/** Collects what is found about one document. */
final class Inspection {
    private final Places places;
    private final List<Finding> findings = new ArrayList<>();

    Inspection(Places places) {
        this.places = places;
    }

    void error(String path, String message) {
        findings.add(places.finding(Finding.Severity.ERROR, path, message));
    }

    void warning(String path, String message) {
        findings.add(places.finding(Finding.Severity.WARNING, path, message));
    }

    void errorAtName(String path, String message) {
        findings.add(places.findingAtName(Finding.Severity.ERROR, path, message));
    }

    void warningAtName(String path, String message) {
        findings.add(places.findingAtName(Finding.Severity.WARNING, path, message));
    }

    /** {@return whether the document cannot become a definition} */
    boolean failed() {
        return findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR);
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }
}
