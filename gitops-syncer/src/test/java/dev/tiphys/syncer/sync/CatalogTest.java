package dev.tiphys.syncer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.event.GitChange;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which applications a push touches. */
class CatalogTest {
    private static final String URL = "https://git.example.com/acme/shop.git";

    @ParameterizedTest
    @CsvSource({
        "main, main, , true",
        "refs/heads/main, main, , true",
        "HEAD, main, , true",
        "other, main, , false",
        "0123456789012345678901234567890123456789, main, , false",
        "v1.2.3, , v1.2.3, true",
        "v1.2.*, , v1.2.9, true",
        "'>=1.0', , v1.2.9, true",
        "^1.0, , v1.2.9, true",
        "main, , v1.2.9, false",
        "v1.2.*, main, , false",
    })
    void byRevision(String targetRevision, @Nullable String branch, @Nullable String tag, boolean touched) {
        Catalog catalog = Catalog.of(1, List.of(application("shop", URL, targetRevision)), List.of(), Set.of());

        assertThat(catalog.following(push(URL, branch, tag))).hasSize(touched ? 1 : 0);
    }

    @Test
    void byRepositoryHoweverItIsWritten() {
        Catalog catalog = Catalog.of(
                1,
                List.of(
                        application("shop", "git@git.example.com:Acme/Shop", "main"),
                        application("other", "https://git.example.com/acme/other.git", "main")),
                List.of(),
                Set.of());

        assertThat(catalog.following(push(URL, "main", null)))
                .extracting(Application::name)
                .containsExactly("shop");
    }

    @ParameterizedTest
    @CsvSource({
        "deploy, deploy/a.yaml, true",
        "./deploy/, deploy/sub/a.yaml, true",
        "deploy, deployment/a.yaml, false",
        "deploy/dev, deploy/experiment/a.yaml, false",
        "., docs/readme.md, true",
        "'', docs/readme.md, true",
    })
    void byPath(String directory, String changed, boolean touched) {
        Application.Source source = new Application.Source(URL, directory, "main", true, List.of(), List.of());

        assertThat(Catalog.touches(source, List.of(changed))).isEqualTo(touched);
    }

    @Test
    void unknownPathsTouchAll() {
        Application.Source source = new Application.Source(URL, "deploy", "main", true, List.of(), List.of());

        assertThat(Catalog.touches(source, null)).isTrue();
    }

    private static GitChange push(String url, @Nullable String branch, @Nullable String tag) {
        String ref = branch == null ? "refs/tags/" + tag : "refs/heads/" + branch;
        return new GitChange(
                "github",
                "shop",
                "acme/shop",
                url,
                ref,
                branch,
                tag,
                "1".repeat(40),
                null,
                null,
                null,
                null,
                null,
                false);
    }

    private static Application application(String name, String url, String targetRevision) {
        return new Application(
                new DefinitionKey("Application", "argocd", name),
                "default",
                new Application.Source(url, "deploy", targetRevision, false, List.of(), List.of()),
                new Application.Destination(Clusters.GIVEN, "shop"),
                null,
                Set.of(),
                10);
    }
}
