package dev.tiphys.platform.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service without a token does not start; the cause is one line, which is what the framework then shows. */
class HttpGuardTest {
    @TempDir
    private Path directory;

    @Test
    void needsAToken() {
        assertRefused(Optional.empty(), Optional.empty(), "set TIPHYS_HTTP_TOKEN_FILE to a file that holds it");
    }

    @Test
    void needsMoreThanSpaces() {
        assertRefused(Optional.of(" \n"), Optional.empty(), "TIPHYS_HTTP_TOKEN is empty");
    }

    @Test
    void needsAFileThatIsThere() {
        Path absent = directory.resolve("absent");

        assertRefused(Optional.empty(), Optional.of(absent), absent + " cannot be read");
    }

    @Test
    void needsAFileWithAToken() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");

        assertRefused(Optional.empty(), Optional.of(empty), empty + " is empty");
    }

    private static void assertRefused(Optional<String> token, Optional<Path> file, String said) {
        assertThatThrownBy(() -> new HttpGuard(token, file, Optional.empty()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(said)
                .hasNoCause()
                .satisfies(failure -> org.assertj.core.api.Assertions.assertThat(failure.getMessage())
                        .doesNotContain("\n"));
    }
}
