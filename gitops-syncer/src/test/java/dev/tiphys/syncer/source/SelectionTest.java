package dev.tiphys.syncer.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*.yaml | a.yaml | true",
                "*.yaml | sub/a.yaml | true",
                "sub/*.yaml | sub/a.yaml | true",
                "sub/*.yaml | other/a.yaml | false",
                "{config.json,env-usw2/*} | config.json | true",
                "{config.json,env-usw2/*} | env-usw2/x/a.yaml | true",
                "{config.json,env-usw2/*} | env-use1/a.yaml | false",
                "{a,{b,c}}?.yaml | c1.yaml | true",
                "{a,{b,c}}?.yaml | d1.yaml | false",
                "[a-c]x.yaml | bx.yaml | true",
                "[!a-c]x.yaml | bx.yaml | false",
                "[!a-c]x.yaml | dx.yaml | true",
                "**/a.yaml | x/y/a.yaml | true",
                "**/a.yaml | a.yaml | false",
                "\\*.yaml | a.yaml | false",
                "\\*.yaml | *.yaml | true",
                "{a.yaml | {a.yaml | true",
                "[a.yaml | [a.yaml | true",
                "* | '' | true",
                "a*b*c | abbbc | true",
                "a*b*c | abbb | false"
            })
    void globsMatchAsArgosDo(String glob, String path, boolean matches) {
        assertThat(Glob.of(glob).matches(path)).isEqualTo(matches);
    }

    @Test
    void aGlobCannotTakeForever() {
        assertThat(Glob.of("*a".repeat(200) + "b").matches("a".repeat(4000))).isFalse();
        assertThat(Glob.of("{a,b}".repeat(40)).matches("c")).isFalse();
    }

    @Test
    void onlyTheDirectoryItselfCountsWithoutRecursion() {
        Selection flat = new Selection("d", false, List.of(), List.of());

        assertThat(flat.chooses("a.yaml")).isTrue();
        assertThat(flat.chooses("sub/a.yaml")).isFalse();
        assertThat(flat.chooses("README.md")).isFalse();
    }

    @Test
    void whatIsExcludedCountsNotThoughItIsIncluded() {
        Selection selection = new Selection("d", true, List.of("*.yaml"), List.of("secret*"));

        assertThat(selection.chooses("a.yaml")).isTrue();
        assertThat(selection.chooses("secret.yaml")).isFalse();
        assertThat(selection.chooses("a.json")).isFalse();
    }

    @Test
    void aPushTouchesWhatIsSelected() {
        Selection selection = new Selection("/deploy/x/", false, List.of(), List.of());

        assertThat(selection.touchedBy("deploy/x/a.yaml")).isTrue();
        assertThat(selection.touchedBy("deploy/x")).isTrue();
        assertThat(selection.touchedBy("deploy/xy/a.yaml")).isFalse();
        assertThat(selection.touchedBy("deploy/x/sub/a.yaml")).isFalse();
        assertThat(selection.touchedBy("deploy/x/README.md")).isFalse();
        assertThat(new Selection(".", true, List.of(), List.of()).touchedBy("a/b.yml"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"a/../b,false", "..,false", "a/b,true", "./a/,true", "/a,true", "a..b/c,true"})
    void aPathStaysInside(String path, boolean inside) {
        assertThat(new Selection(path, true, List.of(), List.of()).staysInside())
                .isEqualTo(inside);
    }
}
