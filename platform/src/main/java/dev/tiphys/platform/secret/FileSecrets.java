package dev.tiphys.platform.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.definition.SecretRef;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Secrets from directories with files {@code NAME/KEY}, as Kubernetes mounts them, and from the environment. Directories are
 * asked first, in their order. A single line break at the end of a file is not part of the secret: editors add it.
 */
@Singleton
final class FileSecrets implements Secrets {
    private static final Pattern SAFE_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*)");

    private final List<Path> directories;

    FileSecrets(@ConfigProperty(name = "tiphys.secrets-dir") Optional<List<Path>> directories) {
        this.directories = directories.orElse(List.of());
    }

    @Override
    public Optional<Secret> find(SecretRef ref) {
        if (!SAFE_NAME.matcher(ref.name()).matches()
                || !SAFE_NAME.matcher(ref.key()).matches()) {
            return Optional.empty();
        }
        return directories.stream()
                .map(directory -> directory.resolve(ref.name()).resolve(ref.key()))
                .filter(Files::isRegularFile)
                .findFirst()
                .map(file -> read(ref, file))
                .or(() -> Optional.ofNullable(System.getenv(EnvironmentName.of(ref)))
                        .map(value -> new Secret(ref, value.getBytes(UTF_8))));
    }

    private static Secret read(SecretRef ref, Path file) {
        try {
            return new Secret(ref, withoutLineBreak(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException("secret " + ref.name() + "/" + ref.key() + " cannot be read", e);
        }
    }

    private static byte[] withoutLineBreak(byte[] value) {
        int length = value.length;
        if (length > 0 && value[length - 1] == '\n') {
            length--;
            if (length > 0 && value[length - 1] == '\r') {
                length--;
            }
        }
        return Arrays.copyOf(value, length);
    }
}
