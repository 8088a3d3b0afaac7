package dev.tiphys.syncer.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads files into manifests. Thread-safe. Parsed files are remembered by their content, so that a commit that changes one
 * file costs the parsing of one file, and applications with equal files share them.
 */
public final class Manifests {
    /** How many bytes of files stay parsed; as trees they take about ten times as much. */
    private static final long REMEMBERED_BYTES = 16L * 1024 * 1024;

    private record Remembered(ManifestParser.Parsed parsed, int bytes) {}

    private final ManifestParser parser;
    private final long capacity;
    private final Map<String, Remembered> byContent = new LinkedHashMap<>(64, 0.75f, /* accessOrder= */ true);
    private long size;

    public Manifests(ManifestParser parser) {
        this(parser, REMEMBERED_BYTES);
    }

    Manifests(ManifestParser parser, long capacity) {
        this.parser = parser;
        this.capacity = capacity;
    }

    /**
     * Reads the files of an application's directory. Never throws for what they contain. All problems of all files are
     * told at once. A file of which no document looks like a manifest is passed over with a warning, as Argo CD does.
     */
    public Rendering render(Contents contents) {
        List<Manifest> manifests = new ArrayList<>();
        List<ManifestProblem> problems = new ArrayList<>();
        List<ManifestProblem> warnings = new ArrayList<>();
        for (SourceFile file : contents.files()) {
            String below = below(contents.selection(), file.path());
            if (contents.selection().isOfOtherTool(below)) {
                problems.add(ofOtherTool(file.path()));
            } else if (contents.selection().choosesManifest(below)) {
                read(file, manifests, problems, warnings);
            }
        }
        return problems.isEmpty() ? new Rendering.Rendered(manifests, warnings) : new Rendering.Broken(problems);
    }

    private static String below(Selection selection, String path) {
        String directory = selection.directory();
        return directory.isEmpty() ? path : path.substring(directory.length() + 1);
    }

    private static ManifestProblem ofOtherTool(String path) {
        String tool = path.endsWith("Chart.yaml") ? "Helm chart" : path.endsWith(".jsonnet") ? "Jsonnet" : "Kustomize";
        return new ManifestProblem(
                path,
                0,
                0,
                "this source is for " + tool + ", which is not rendered yet; what is read is a directory of plain"
                        + " *.yaml, *.yml and *.json manifests: render it into one, or exclude this file");
    }

    private void read(
            SourceFile file, List<Manifest> manifests, List<ManifestProblem> problems, List<ManifestProblem> warnings) {
        ManifestParser.Parsed parsed = parse(file);
        parsed.problems()
                .forEach(problem -> problems.add(
                        new ManifestProblem(file.path(), problem.line(), problem.column(), problem.message())));
        if (parsed.problems().isEmpty()
                && !parsed.documents().isEmpty()
                && parsed.documents().stream()
                        .noneMatch(document -> ManifestRules.looksLikeManifest(document.tree()))) {
            warnings.add(new ManifestProblem(
                    file.path(), 0, 0, "passed over: no document has apiVersion, kind or metadata"));
            return;
        }
        ManifestRules.Findings findings = ManifestRules.read(file.path(), parsed.documents());
        manifests.addAll(findings.manifests());
        problems.addAll(findings.problems());
    }

    private ManifestParser.Parsed parse(SourceFile file) {
        String key = (file.path().endsWith(".json") ? "json:" : "yaml:") + file.blobId();
        ManifestParser.Parsed known = recall(key);
        if (known != null) {
            return known;
        }
        ManifestParser.Parsed parsed = parser.parse(file);
        remember(key, new Remembered(parsed, file.bytes().length));
        return parsed;
    }

    private synchronized ManifestParser.@Nullable Parsed recall(String key) {
        Remembered remembered = byContent.get(key);
        return remembered == null ? null : remembered.parsed();
    }

    private synchronized void remember(String key, Remembered remembered) {
        if (remembered.bytes() > capacity || byContent.putIfAbsent(key, remembered) != null) {
            return;
        }
        size += remembered.bytes();
        var oldest = byContent.entrySet().iterator();
        while (size > capacity && oldest.hasNext()) {
            size -= oldest.next().getValue().bytes();
            oldest.remove();
        }
    }
}
