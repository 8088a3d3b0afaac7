package dev.tiphys.syncer.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionConstraintTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "^1.2 ; v1.2.0 ; true",
                "^1.2 ; 1.9.9 ; true",
                "^1.2 ; 2.0.0 ; false",
                "^1.2 ; 1.1.9 ; false",
                "^0.2.3 ; 0.2.9 ; true",
                "^0.2.3 ; 0.3.0 ; false",
                "^0.0.3 ; 0.0.3 ; true",
                "^0.0.3 ; 0.0.4 ; false",
                "^0 ; 0.9.0 ; true",
                "^0.0 ; 0.0.9 ; true",
                "^0.0 ; 0.1.0 ; false",
                "~1.2.3 ; 1.2.9 ; true",
                "~1.2.3 ; 1.3.0 ; false",
                "~1 ; 1.9.0 ; true",
                "~>1.2 ; 1.2.5 ; true",
                "1.2.x ; 1.2.7 ; true",
                "1.2.x ; 1.3.0 ; false",
                "1.x ; 1.3.0 ; true",
                "* ; 5.0.0 ; true",
                "=1.2 ; 1.2.9 ; true",
                ">1.2 ; 1.2.9 ; false",
                ">1.2 ; 1.3.0 ; true",
                ">=1.2 ; 1.2.0 ; true",
                "<=1.2 ; 1.2.9 ; true",
                "<=1.2 ; 1.3.0 ; false",
                "<1.2 ; 1.2.0 ; false",
                "<1.2 ; 1.1.9 ; true",
                "!=1.2.3 ; 1.2.4 ; true",
                "!=1.2.3 ; 1.2.3 ; false",
                "!=1.2 ; 1.2.4 ; false",
                "!=1.x ; 2.0.0 ; true",
                ">=1.0.0, <2.0.0 ; 1.5.0 ; true",
                ">=1.0.0 <2.0.0 ; 2.0.0 ; false",
                "1.0 - 2.0 ; 1.5.0 ; true",
                "1.0 - 2.0 ; 2.0.7 ; true",
                "1.0 - 2.0 ; 2.1.0 ; false",
                "^1 || ^3 ; 3.1.0 ; true",
                "^1 || ^3 ; 2.1.0 ; false",
                "^1.2 ; 1.3.0-rc.1 ; false",
                "^1.2.0-0 ; 1.3.0-rc.1 ; true",
                ">=1.0.0-0 ; 2.0.0-alpha ; true",
                ">=1.0.0, <2.0.0-0 ; 1.5.0-beta ; true",
                "* ; 1.0.0-rc1 ; false",
                ">=0.0.0-0 ; 1.0.0-rc1 ; true",
                "^1 || >=2.0.0-0 ; 1.5.0-rc1 ; false",
                "~0.0.0 ; 0.1.0 ; true",
                ">=1.2.3-alpha.2 ; 1.2.3-alpha.10 ; true",
                ">=1.2.3-alpha.2 ; 1.2.3-alpha.1 ; false"
            })
    void fitsLikeArgosLibrary(String constraint, String version, boolean fits) {
        var highest = VersionConstraint.parse(constraint).orElseThrow().highest(List.of(version));

        assertThat(highest.isPresent()).isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "main",
                "1.2.3",
                "v1.2.3",
                "v1",
                "2026",
                "HEAD",
                "release-1.0",
                "feature/x",
                "",
                "1.2.3 main",
                "^"
            })
    void namesAndExactVersionsAreNone(String text) {
        assertThat(VersionConstraint.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"^1 ; v1.10.0", ">=1.0.0-0 ; v2.0.0-rc.10", "* ; v1.10.0"})
    void theHighestTagIsChosenByVersionNotByText(String constraint, String tag) {
        List<String> tags =
                List.of("v1.9.0", "v1.10.0", "nightly", "v1.2", "v2.0.0-rc.9", "v2.0.0-rc.10", "v2.0.0-alpha", "v");

        assertThat(VersionConstraint.parse(constraint).orElseThrow().highest(tags))
                .contains(tag);
    }
}
