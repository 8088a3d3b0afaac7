package dev.tiphys.syncer.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.syncer.source.yaml.RealParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ManifestsTest {
    private static final Selection HERE = new Selection("deploy", true, List.of(), List.of());
    private static final String CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

    private static Rendering render(Selection selection, String... pathsAndTexts) {
        List<SourceFile> files = new ArrayList<>();
        for (int i = 0; i < pathsAndTexts.length; i += 2) {
            byte[] bytes = pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8);
            files.add(new SourceFile(pathsAndTexts[i], "blob" + i, bytes));
        }
        return new Manifests(RealParser.create()).render(new Contents("sha", selection, files));
    }

    private static List<String> problems(String... pathsAndTexts) {
        assertThat(render(HERE, pathsAndTexts)).isInstanceOf(Rendering.Broken.class);
        return ((Rendering.Broken) render(HERE, pathsAndTexts))
                .problems().stream().map(ManifestProblem::text).toList();
    }

    private static Rendering.Rendered rendered(String... pathsAndTexts) {
        Rendering rendering = render(HERE, pathsAndTexts);
        assertThat(rendering).isInstanceOf(Rendering.Rendered.class);
        return (Rendering.Rendered) rendering;
    }

    @Nested
    class Files {
        @Test
        void giveTheirManifestsInOrderWithTheirPlaces() {
            var manifests = rendered(
                            "deploy/a.yaml",
                            CONFIG_MAP + "---\n" + CONFIG_MAP.replace("{name: a}", "{name: b, namespace: x}"),
                            "deploy/b.json",
                            "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\"}}")
                    .manifests();

            assertThat(manifests)
                    .extracting(m -> m.file() + ":" + m.line() + " " + m.ref().apiVersion() + " "
                            + m.ref().text())
                    .containsExactly(
                            "deploy/a.yaml:1 v1 ConfigMap a",
                            "deploy/a.yaml:5 v1 ConfigMap x/b",
                            "deploy/b.json:1 apps/v1 Deployment web");
        }

        @Test
        void withListsGiveTheirItems() {
            var manifests = rendered("deploy/a.yaml", """
                            apiVersion: v1
                            kind: List
                            items:
                            - {apiVersion: v1, kind: Secret, metadata: {name: s}}
                            - {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
                            ---
                            apiVersion: v1
                            kind: ConfigMapList
                            items:
                            - metadata: {name: d}
                            """).manifests();

            assertThat(manifests)
                    .extracting(m -> m.line() + " " + m.ref().apiVersion() + " "
                            + m.ref().text())
                    .containsExactly("4 v1 Secret s", "5 v1 ConfigMap c", "10 v1 ConfigMap d");
        }

        @Test
        void thatAreNoManifestsArePassedOverWithAWarning() {
            Rendering.Rendered rendered = rendered("deploy/values.yaml", "replicas: 3\n", "deploy/a.yaml", CONFIG_MAP);

            assertThat(rendered.manifests()).hasSize(1);
            assertThat(rendered.warnings())
                    .extracting(ManifestProblem::text)
                    .containsExactly("deploy/values.yaml: passed over: no document has apiVersion, kind or metadata");
        }

        @Test
        void withEqualContentAreParsedOnce() {
            AtomicInteger parsed = new AtomicInteger();
            ManifestParser real = RealParser.create();
            Manifests manifests = new Manifests(file -> {
                parsed.incrementAndGet();
                return real.parse(file);
            });
            byte[] bytes = CONFIG_MAP.getBytes(StandardCharsets.UTF_8);
            Contents one = new Contents("1", HERE, List.of(new SourceFile("deploy/a.yaml", "same", bytes)));
            Contents other = new Contents("2", HERE, List.of(new SourceFile("deploy/b.yaml", "same", bytes)));

            manifests.render(one);
            Rendering.Rendered second = (Rendering.Rendered) manifests.render(other);

            assertThat(parsed).hasValue(1);
            assertThat(second.manifests().getFirst().file()).isEqualTo("deploy/b.yaml");
        }

        @Test
        void areForgottenWhenTheyAreTooMany() {
            AtomicInteger parsed = new AtomicInteger();
            ManifestParser real = RealParser.create();
            Manifests manifests = new Manifests(
                    file -> {
                        parsed.incrementAndGet();
                        return real.parse(file);
                    },
                    100);
            byte[] bytes = CONFIG_MAP.getBytes(StandardCharsets.UTF_8);
            for (String blob : List.of("1", "2", "3", "1")) {
                manifests.render(new Contents("1", HERE, List.of(new SourceFile("deploy/a.yaml", blob, bytes))));
            }

            assertThat(parsed).hasValue(4);
        }
    }

    @Nested
    class Problems {
        @Test
        void ofAllFilesAreToldTogether() {
            assertThat(problems(
                            "deploy/a.yaml",
                            CONFIG_MAP
                                    + "---\nkind: ConfigMap\nmetadata: {name: b}\n---\napiVersion: v1\nmetadata: {name: c}\n",
                            "deploy/b.yaml",
                            "apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: 1}, annotations: {b: yes}}\n",
                            "deploy/c.yaml",
                            "kind: A\n x: 1\n"))
                    .containsExactly(
                            "deploy/a.yaml:5: ConfigMap b: has no apiVersion, for example apps/v1",
                            "deploy/a.yaml:8: c: has no kind, for example Deployment",
                            "deploy/b.yaml:1: ConfigMap: has no metadata.name",
                            "deploy/b.yaml:1: ConfigMap: metadata.labels.a must be text: write it in quotes",
                            "deploy/b.yaml:1: ConfigMap: metadata.annotations.b must be text: write it in quotes",
                            "deploy/c.yaml:2:3: mapping values are not allowed here");
        }

        @Test
        void areNamesThatWouldLeadElsewhere() {
            assertThat(problems("deploy/a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: ../../nodes/n}\n"))
                    .containsExactly("deploy/a.yaml:1: Secret ../../nodes/n: metadata.name may hold no / and no %");
            assertThat(problems(
                            "deploy/a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: ../b}\n"))
                    .hasSize(1);
            assertThat(problems("deploy/a.yaml", "apiVersion: v1/../x\nkind: Se/cret\nmetadata: {name: a}\n"))
                    .hasSize(2);
            assertThat(problems("deploy/a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: 12}\n"))
                    .containsExactly("deploy/a.yaml:1: Secret 12: metadata.name must be text: write it in quotes");
        }

        @Test
        void areDocumentsThatAreNoObjects() {
            assertThat(problems("deploy/a.yaml", CONFIG_MAP + "---\n- 1\n")).hasSize(1);
        }

        @Test
        void areOtherToolsSources() {
            assertThat(problems("deploy/kustomization.yaml", "resources: []\n"))
                    .singleElement()
                    .asString()
                    .startsWith("deploy/kustomization.yaml: this source is for Kustomize, which is not rendered yet");
            assertThat(problems("deploy/Chart.yaml", "name: x\n").getFirst()).contains("Helm chart");
            assertThat(problems("deploy/sub/x.jsonnet", "{}\n").getFirst()).contains("Jsonnet");
        }

        @Test
        void areNotOtherToolsSourcesThatAreExcluded() {
            Selection selection = new Selection("deploy", true, List.of(), List.of("kustomization.yaml"));

            assertThat(render(selection, "deploy/kustomization.yaml", "resources: []\n", "deploy/a.yaml", CONFIG_MAP))
                    .isInstanceOf(Rendering.Rendered.class);
        }
    }
}
