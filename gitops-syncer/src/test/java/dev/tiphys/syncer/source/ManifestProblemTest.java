package dev.tiphys.syncer.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How a problem reads. */
class ManifestProblemTest {

    @Test
    void namesThePlaceAsFarAsItIsKnown() {
        assertThat(new ManifestProblem("deploy/a.yaml", 3, 7, "broken").text()).isEqualTo("deploy/a.yaml:3:7: broken");
        assertThat(new ManifestProblem("deploy/a.yaml", 3, 0, "broken").text()).isEqualTo("deploy/a.yaml:3: broken");
        assertThat(new ManifestProblem("deploy/a.yaml", 0, 0, "broken").text()).isEqualTo("deploy/a.yaml: broken");
    }

    @Test
    void aboutNoFileIsOnlyTheSentence() {
        assertThat(new ManifestProblem("", 0, 0, "the source holds no manifest").text())
                .isEqualTo("the source holds no manifest");
    }
}
