package dev.tiphys.platform.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.definition.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSecretsTest {
    private static final SecretRef TOKEN = new SecretRef("slack", "token");

    @TempDir
    private Path directory;

    @Test
    void readsTheFileOfNameAndKeyWithoutItsLastLineBreak() throws IOException {
        write("slack/token", "xoxb-1\n");

        assertThat(secrets().find(TOKEN).orElseThrow().text()).isEqualTo("xoxb-1");
    }

    @Test
    void readsANewValueWithoutARestart() throws IOException {
        Secrets secrets = secrets();
        write("slack/token", "old");
        assertThat(secrets.find(TOKEN).orElseThrow().text()).isEqualTo("old");

        write("slack/token", "new");

        assertThat(secrets.find(TOKEN).orElseThrow().text()).isEqualTo("new");
    }

    @Test
    void neverLeavesItsDirectory() throws IOException {
        Files.writeString(directory.resolve("outside"), "no");
        Path inner = Files.createDirectory(directory.resolve("secrets"));

        Secrets secrets = new FileSecrets(List.of(inner));

        assertThat(secrets.find(new SecretRef("..", "outside"))).isEmpty();
        assertThat(secrets.find(new SecretRef("a/../..", "outside"))).isEmpty();
    }

    @Test
    void saysWhereAMissingSecretIsLookedForAndNeverShowsOne() throws IOException {
        write("slack/token", "xoxb-1");

        assertThat(secrets().find(TOKEN).orElseThrow()).hasToString("Secret[slack/token]");
        assertThatThrownBy(() -> secrets().get(new SecretRef("shop-webhook", "secret")))
                .isInstanceOf(SecretMissing.class)
                .hasMessageContaining("shop-webhook/secret")
                .hasMessageContaining("TIPHYS_SECRET_SHOP_WEBHOOK_SECRET");
    }

    private Secrets secrets() {
        return new FileSecrets(List.of(directory));
    }

    private void write(String name, String value) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, value);
    }
}
