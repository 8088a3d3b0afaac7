/** Reads YAML and JSON files as Kubernetes reads them, within limits. */
@NullMarked
package dev.tiphys.syncer.source.yaml;

import org.jspecify.annotations.NullMarked;
