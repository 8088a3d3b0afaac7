package dev.tiphys.syncer.source.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--upload-pack=touch /tmp/x",
                "-oProxyCommand=x",
                "ext::sh -c id",
                "ext::id",
                "git://example.com/a/b",
                "ftp://example.com/a",
                "ssh://-oProxyCommand=id/a",
                "ssh://git@-oProxyCommand=id/a",
                "-x@example.com:a/b",
                "https://example.com/a\nb",
                "https://$(id).example.com/a",
                "https://`id`/a",
                "https:///a",
                "relative/path",
                "jar:file:///x",
                "git@example.com:-x"
            })
    void whatIsNoRepositoryIsRefused(String url) {
        assertThatThrownBy(() -> RepositoryAddress.of(url)).isInstanceOf(RepositoryAddress.Unfit.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://github.com/acme/shop.git",
                "https://github.com/acme/shop/",
                "http://GitHub.com/acme/shop",
                "ssh://git@github.com/acme/shop.git",
                "git@github.com:acme/shop.git",
                "https://user:secret@github.com/acme/shop"
            })
    void spellingsOfOneRepositoryShareAMirror(String url) throws Exception {
        assertThat(RepositoryAddress.of(url).mirrorName())
                .isEqualTo(RepositoryAddress.of("https://github.com/acme/shop").mirrorName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://github.com/acme/Shop",
                "https://github.com:8443/acme/shop",
                "https://gitlab.com/acme/shop",
                "file:///acme/shop",
                "/acme/shop"
            })
    void differentRepositoriesDoNot(String url) throws Exception {
        assertThat(RepositoryAddress.of(url).mirrorName())
                .isNotEqualTo(
                        RepositoryAddress.of("https://github.com/acme/shop").mirrorName());
    }

    @Test
    void neverShowsAPassword() throws Exception {
        assertThat(RepositoryAddress.of("https://user:secret@github.com/a/b").shown())
                .isEqualTo("https://github.com/a/b");
    }
}
