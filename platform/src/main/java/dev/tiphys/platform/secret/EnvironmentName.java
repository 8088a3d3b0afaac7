package dev.tiphys.platform.secret;

import dev.tiphys.contracts.definition.SecretRef;
import java.util.Locale;

/** The environment variable that may hold a secret: {@code TIPHYS_SECRET_<NAME>_<KEY>}, in capitals, other signs as _. */
final class EnvironmentName {

    private EnvironmentName() {}

    static String of(SecretRef ref) {
        return "TIPHYS_SECRET_" + capitals(ref.name()) + "_" + capitals(ref.key());
    }

    private static String capitals(String text) {
        return text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
