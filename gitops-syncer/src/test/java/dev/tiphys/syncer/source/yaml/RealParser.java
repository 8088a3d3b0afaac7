package dev.tiphys.syncer.source.yaml;

import dev.tiphys.syncer.source.ManifestParser;

/** The parser of the product, for tests of other packages. */
public final class RealParser {
    private RealParser() {}

    public static ManifestParser create() {
        return new YamlManifests();
    }
}
