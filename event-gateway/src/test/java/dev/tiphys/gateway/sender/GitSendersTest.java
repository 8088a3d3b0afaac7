package dev.tiphys.gateway.sender;

import static dev.tiphys.gateway.sender.SendersTest.event;
import static dev.tiphys.gateway.sender.SendersTest.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.gateway.delivery.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitSendersTest {
    static final List<String> SERVERS = Fixture.GIT;

    private static final String BEFORE = "1".repeat(40);
    private static final String AFTER = "2".repeat(40);
    private static final String NOWHERE = "0".repeat(40);
    private static final List<String> TELLING_PATHS = List.of("github");

    @ParameterizedTest
    @FieldSource("SERVERS")
    void everyServersPushIsTheSameChange(String sender) {
        Fixture fixture = Fixture.of(sender);

        GitChange change = change(fixture, fixture.body());

        assertThat(change.provider()).isEqualTo(sender);
        assertThat(change.repository()).isEqualTo("shop");
        assertThat(change.ref()).isEqualTo("refs/heads/main");
        assertThat(change.branch()).isEqualTo("main");
        assertThat(change.revision()).isEqualTo(AFTER);
        assertThat(change.before()).isEqualTo(BEFORE);
        assertThat(change.author()).isEqualTo("Ada");
        assertThat(change.message()).isEqualTo("Add a till");
        assertThat(change.forced()).isFalse();
        if (TELLING_PATHS.contains(sender)) {
            assertThat(change.changedPaths()).containsExactlyInAnyOrder("a", "b", "c");
        } else {
            assertThat(change.changedPaths()).isNull();
        }
        if (!sender.equals("bitbucket-server")) {
            assertThat(change.link()).isEqualTo("https://git.example.com/compare");
        }
    }

    @ParameterizedTest
    @FieldSource("SERVERS")
    void aBranchThatIsGoneHasNoRevision(String sender) {
        Fixture fixture = Fixture.of(sender);
        ObjectNode body = fixture.body().deepCopy();
        switch (sender) {
            case "bitbucket" ->
                ((ObjectNode) body.at("/push/changes/0")).put("closed", true).putNull("new");
            case "bitbucket-server" ->
                ((ObjectNode) body.at("/changes/0")).put("type", "DELETE").put("toHash", NOWHERE);
            case "azure-devops" -> ((ObjectNode) body.at("/resource/refUpdates/0")).put("newObjectId", NOWHERE);
            case "gitlab" -> body.put("after", NOWHERE).putNull("checkout_sha");
            default -> body.put("after", NOWHERE);
        }

        GitChange change = change(fixture, body);

        assertThat(change.deleted()).isTrue();
        assertThat(change.branch()).isEqualTo("main");
        assertThat(change.changedPaths()).isNull();
    }

    /** What a forced push left behind is in no list, and these senders do not tell a forced push from another. */
    @ParameterizedTest
    @ValueSource(strings = {"gitlab", "gitea", "forgejo"})
    void aPushThatMayHaveBeenForcedTellsNoPaths(String sender) {
        Fixture fixture = Fixture.of(sender);
        assertThat(fixture.body().at("/commits/0/modified").isArray()).isTrue();

        assertThat(change(fixture, fixture.body()).changedPaths()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"bitbucket,/push,changes", "bitbucket-server,'',changes", "azure-devops,/resource,refUpdates"})
    void severalRefsAreSeveralEvents(String sender, String holder, String list) {
        Fixture fixture = Fixture.of(sender);
        ObjectNode body = fixture.body().deepCopy();
        ArrayNode refs = (ArrayNode) body.at(holder).path(list);
        JsonNode second = json(refs.get(0).toString().replace("main", "dev"));
        refs.add(second);

        Verdict.Accepted accepted = (Verdict.Accepted) fixture.verdict(body);

        assertThat(accepted.events())
                .extracting(event -> Objects.requireNonNull(event.data().git()).branch())
                .containsExactly("main", "dev");
        assertThat(accepted.events()).extracting(event -> event.id()).doesNotHaveDuplicates();
        assertThat(accepted.events().get(1).data().body().at(holder).path(list)).containsExactly(second);
    }

    @ParameterizedTest
    @CsvSource({"bitbucket,/push,changes", "bitbucket-server,'',changes", "azure-devops,/resource,refUpdates"})
    void tooManyRefsAreRefused(String sender, String holder, String list) {
        Fixture fixture = Fixture.of(sender);
        ObjectNode body = fixture.body().deepCopy();
        ArrayNode refs = (ArrayNode) body.at(holder).path(list);
        for (int i = 0; i < GitMapper.MAX_REFS; i++) {
            refs.add(refs.get(0));
        }

        assertThat(fixture.verdict(body)).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void aTagWithAMessageIsItsCommit() {
        Fixture gitlab = Fixture.of("gitlab");
        ObjectNode body = gitlab.body().deepCopy();
        body.put("object_kind", "tag_push").put("ref", "refs/tags/v1").put("after", "3".repeat(40));

        GitChange change = change(gitlab, body);

        assertThat(change.tag()).isEqualTo("v1");
        assertThat(change.revision()).isEqualTo(AFTER);
    }

    @Test
    void giteaTellsOfADeletionInItsOwnWay() {
        Fixture gitea = Fixture.of("gitea");
        ObjectNode body =
                json("{\"ref\": \"old\", \"ref_type\": \"branch\", \"repository\": {\"full_name\": \"acme/shop\"}}");
        Map<String, String> headers = new HashMap<>(gitea.headers());
        headers.put("x-gitea-event", "delete");

        GitChange change = Objects.requireNonNull(event(gitea.judge(
                        gitea.delivery(headers, body.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))))
                .git());

        assertThat(change.ref()).isEqualTo("refs/heads/old");
        assertThat(change.deleted()).isTrue();
    }

    @Nested
    class ACommitOfARun {
        private static final String OURS = "Promote\n\nWhy not.\n\nTiphys-Run: r-7\nSigned-off-by: Ada";

        @ParameterizedTest
        @ValueSource(strings = {"github", "gitlab", "gitea", "forgejo", "bitbucket"})
        void doesNotStartAnother(String sender) {
            assertThat(pushed(sender, OURS))
                    .isInstanceOfSatisfying(
                            Verdict.Irrelevant.class,
                            irrelevant -> assertThat(irrelevant.reason()).contains("Tiphys-Run"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"Promote", "Promote\n\nTiphys-Run: r-7\n\nOr so.", "Promote Tiphys-Run: r-7", "Tiphys-Run:"})
        void isToldByItsTrailerAlone(String message) {
            assertThat(pushed("github", message)).isInstanceOf(Verdict.Accepted.class);
        }

        @Test
        void doesNotHideAnotherOne() {
            Fixture github = Fixture.of("github");
            ObjectNode body = github.body().deepCopy();
            ((ObjectNode) body.at("/commits/0")).put("message", OURS);
            ((ArrayNode) body.path("commits")).add(github.body().at("/commits/0"));
            assertThat(github.verdict(body)).isInstanceOf(Verdict.Accepted.class);
        }

        @Test
        void countsOnlyWhereAllAreKnown() {
            Fixture gitlab = Fixture.of("gitlab");
            ObjectNode body = gitlab.body().deepCopy().put("total_commits_count", 30);
            ((ObjectNode) body.at("/commits/0")).put("message", OURS);
            assertThat(gitlab.verdict(body)).isInstanceOf(Verdict.Accepted.class);
            Fixture github = Fixture.of("github");
            ObjectNode fresh = github.body().deepCopy().put("before", NOWHERE);
            ((ObjectNode) fresh.at("/commits/0")).put("message", OURS);
            assertThat(github.verdict(fresh)).isInstanceOf(Verdict.Accepted.class);
        }

        private static Verdict pushed(String sender, String message) {
            Fixture fixture = Fixture.of(sender);
            ObjectNode body = fixture.body().deepCopy();
            String commits = sender.equals("bitbucket") ? "/push/changes/0/commits/0" : "/commits/0";
            ((ObjectNode) body.at(commits)).put("message", message);
            return fixture.verdict(body);
        }
    }

    @Nested
    class ARepositorysAddress {
        @ParameterizedTest
        @CsvSource({
            "https://dev.azure.com/acme/till/_git/shop,true",
            "https://acme@dev.azure.com/Acme/Till/_git/Shop,true",
            "https://acme.visualstudio.com/till/_git/shop,true",
            "https://acme.visualstudio.com/DefaultCollection/till/_git/shop,true",
            "git@ssh.dev.azure.com:v3/acme/till/shop,true",
            "https://dev.azure.com/acme/till/_git/other,false",
            "https://dev.azure.com/other/till/_git/shop,false",
            "https://dev.azure.com/acme/other/_git/shop,false",
            "https://evil.example/acme/till/_git/shop,false",
        })
        void ofAzureHasSeveralSpellings(String url, boolean ours) {
            Repository repository = Fixture.repository("azure-devops", url);
            assertThat(new AzureDevOpsMapper(repository)
                            .isOurs(List.of("https://acme@dev.azure.com/acme/till/_git/shop")))
                    .isEqualTo(ours);
        }

        @ParameterizedTest
        @CsvSource({
            "https://git.example.com/scm/acme/shop.git,true",
            "https://git.example.com/bitbucket/scm/ACME/shop.git,true",
            "ssh://git@git.example.com:7999/acme/shop.git,true",
            "https://git.example.com/scm/other/shop.git,false",
            "https://git.example.com/other/acme/shop.git,false",
        })
        void ofBitbucketHasSeveralSpellings(String url, boolean ours) {
            assertThat(new BitbucketServerMapper(Fixture.repository("bitbucket-server", url))
                            .isOurs(List.of("ACME/shop")))
                    .isEqualTo(ours);
        }

        @Test
        void ofAServerBelowAPathIsKnownByItsUrl() {
            Repository below = Fixture.repository("gitlab", "https://git.example.com/gitlab/acme/shop.git");
            assertThat(new GitLabMapper(below)
                            .isOurs(List.of("acme/shop", "https://git.example.com/gitlab/acme/shop.git")))
                    .isTrue();
            assertThat(new GitLabMapper(below)
                            .isOurs(List.of("acme/shop", "https://evil.example/gitlab/acme/shop.git")))
                    .isFalse();
        }
    }

    @Test
    void anOldAndANewSignatureDoNotMix() {
        Fixture forgejo = Fixture.of("forgejo");
        Map<String, String> headers = new HashMap<>(forgejo.delivery().headers());
        String right = Objects.requireNonNull(headers.remove("x-forgejo-signature"));
        headers.put("x-gitea-signature", right);
        assertThat(forgejo.judge(with(forgejo, headers))).isInstanceOf(Verdict.Accepted.class);
        // The preferred one decides, whatever the other says.
        headers.put("x-forgejo-signature", "0".repeat(64));
        assertThat(forgejo.judge(with(forgejo, headers))).isEqualTo(SendersTest.unverified());
    }

    private static dev.tiphys.gateway.delivery.Delivery with(Fixture fixture, Map<String, String> headers) {
        return new dev.tiphys.gateway.delivery.Delivery(
                "shop", headers, fixture.delivery().body(), Fixture.NOW);
    }

    private static GitChange change(Fixture fixture, ObjectNode body) {
        return Objects.requireNonNull(event(fixture.verdict(body)).git());
    }
}
