package dev.tiphys.syncer.source;

import java.util.List;

/** What the files of an application say. */
public sealed interface Rendering {

    /**
     * All files were read.
     *
     * @param manifests in the order of files and documents; the same object may be there twice
     * @param warnings what was passed over
     */
    record Rendered(List<Manifest> manifests, List<ManifestProblem> warnings) implements Rendering {
        public Rendered {
            manifests = List.copyOf(manifests);
            warnings = List.copyOf(warnings);
        }

        /** All files were read, and none was passed over. */
        public Rendered(List<Manifest> manifests) {
            this(manifests, List.of());
        }
    }

    /** Nothing may be applied until somebody changes the repository. At least one problem. */
    record Broken(List<ManifestProblem> problems) implements Rendering {
        public Broken {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("what is broken has a problem");
            }
        }
    }
}
