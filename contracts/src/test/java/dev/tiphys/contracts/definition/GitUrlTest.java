package dev.tiphys.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitUrlTest {

    @ParameterizedTest
    @CsvSource({
        "github, https://github.com/acme/shop.git, acme/shop",
        "github, git@github.com:acme/shop.git, acme/shop",
        "gitlab, https://gitlab.example.com/group/team/shop.git, group/team/shop",
        "gitlab, https://gitlab.example.com/scm/shop.git, scm/shop",
        "gitlab, https://gitlab.example.com/scm/team/shop.git, scm/team/shop",
        "bitbucket, git@bitbucket.org:team/shop.git, team/shop",
        "bitbucket-server, https://git.example.com/scm/PROJ/shop.git, PROJ/shop",
        "bitbucket-server, https://git.example.com/scm/~jane/shop.git, ~jane/shop",
        "bitbucket-server, https://git.example.com/bitbucket/scm/PROJ/shop.git, PROJ/shop",
        "bitbucket-server, https://git.example.com/scm/scm/shop.git, scm/shop",
        "bitbucket-server, ssh://git@git.example.com:7999/PROJ/shop.git, PROJ/shop",
        "bitbucket-server, ssh://git@git.example.com:7999/scm/shop.git, scm/shop",
        "azure-devops, https://dev.azure.com/org/project/_git/shop, org/project/shop",
        "azure-devops, https://dev.azure.com/org/My%20Project/_git/shop, org/My Project/shop",
        "azure-devops, https://dev.azure.com/org/_git/shop, org/shop/shop",
        "azure-devops, https://org.visualstudio.com/project/_git/shop, org/project/shop",
        "azure-devops, https://org.visualstudio.com/DefaultCollection/project/_git/shop, org/project/shop",
        "azure-devops, git@ssh.dev.azure.com:v3/org/My%20Project/shop, org/My Project/shop",
        "azure-devops, ssh://git@ssh.dev.azure.com/v3/org/project/shop, org/project/shop",
        "azure-devops, org@vs-ssh.visualstudio.com:v3/org/project/shop, org/project/shop",
    })
    void tellsWhatTheServerCallsTheRepository(String provider, String url, String name) {
        assertThat(GitUrl.fullName(provider, url)).isEqualTo(name);
    }
}
