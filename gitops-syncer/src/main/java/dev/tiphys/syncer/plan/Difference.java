package dev.tiphys.syncer.plan;

import org.jspecify.annotations.Nullable;

/**
 * A field that is not as the repository says. Values of Secrets are masked.
 *
 * @param path for example {@code spec.template.spec.containers[name=web].image}
 * @param want JSON; null if the field should not be there
 * @param got JSON; null if the field is missing
 */
public record Difference(
        String path, @Nullable String want, @Nullable String got) {}
