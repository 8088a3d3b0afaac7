package dev.tiphys.platform.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.contracts.definition.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Secrets from directories with files {@code NAME/KEY}, as Kubernetes mounts them, and from the environment. Directories are
 * asked first, in their order. A single line break at the end of a file is not part of the secret: editors add it.
 */
final class FileSecrets implements Secrets {
    /** What Kubernetes allows for a key, without . and .. */
    private static final Pattern SAFE_NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,253}");

    private final List<Path> directories;

    FileSecrets(List<Path> directories) {
        this.directories = List.copyOf(directories);
    }

    @Override
    public Optional<Secret> find(SecretRef ref) {
        if (!SAFE_NAME.matcher(ref.name()).matches()
                || !SAFE_NAME.matcher(ref.key()).matches()) {
            return Optional.empty();
        }
        return directories.stream()
                .map(directory -> directory.resolve(ref.name()).resolve(ref.key()))
                .flatMap(file -> read(ref, file).stream())
                .findFirst()
                .or(() -> Optional.ofNullable(System.getenv(EnvironmentName.of(ref)))
                        .map(value -> new Secret(ref, value.getBytes(UTF_8))));
    }

    private static Optional<Secret> read(SecretRef ref, Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Secret(ref, withoutLineBreak(Files.readAllBytes(file))));
        } catch (NoSuchFileException e) {
            // It went away just now, as a mounted volume's files do when they are renewed without it.
            return Optional.empty();
        } catch (IOException e) {
            throw new SecretsAway(ref, "its file", e);
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
