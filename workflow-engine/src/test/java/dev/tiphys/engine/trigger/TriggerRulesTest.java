package dev.tiphys.engine.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggerRulesTest {
    private static final String REVISION = "1234567890123456789012345678901234567890";

    private static Pipeline pipeline(Trigger... on) {
        return new Pipeline(
                new DefinitionKey("Pipeline", "default", "p"), List.of(on), null, null, Map.of(), List.of(), List.of());
    }

    private static Trigger push(List<String> branches, List<String> tags, List<String> paths) {
        return new Trigger.Push("shop", branches, tags, paths);
    }

    private static ExternalEvent branch(String repository, String branch, @Nullable String revision) {
        return event(repository, "refs/heads/" + branch, branch, null, revision);
    }

    private static ExternalEvent tag(String tag) {
        return event("shop", "refs/tags/" + tag, null, tag, REVISION);
    }

    private static ExternalEvent event(
            String repository, String ref, @Nullable String branch, @Nullable String tag, @Nullable String revision) {
        GitChange git = new GitChange(
                "github",
                repository,
                "acme/" + repository,
                "https://x/acme/" + repository,
                ref,
                branch,
                tag,
                revision,
                null,
                null,
                null,
                null,
                null,
                false);
        return new ExternalEvent(
                repository, "push", "d", git, Map.of(), Json.mapper().createObjectNode());
    }

    @Nested
    class APush {
        private final Pipeline pipeline = pipeline(push(List.of("main", "release/*"), List.of(), List.of("deploy/**")));

        @Test
        void startsWhereRepositoryBranchAndPathsAreThoseNamed() {
            assertThat(TriggerRules.match(pipeline, branch("shop", "release/1", REVISION), List.of("deploy/a/b.yaml")))
                    .isEqualTo(new Match.Starts());
        }

        @Test
        void ofAnotherRepositoryStartsNothing() {
            assertThat(TriggerRules.match(pipeline, branch("other", "main", REVISION), List.of("deploy/x")))
                    .isEqualTo(new Match.Fails("repository", "shop", "other", 0));
        }

        @Test
        void ofAnotherBranchSaysWhichWereWanted() {
            assertThat(TriggerRules.match(pipeline, branch("shop", "feature/x", REVISION), List.of("deploy/x")))
                    .isEqualTo(new Match.Fails("branch", "main, release/*", "feature/x", 2));
        }

        @Test
        void thatDeletesABranchNeverStarts() {
            assertThat(TriggerRules.match(pipeline, branch("shop", "main", null), List.of("deploy/x")))
                    .isEqualTo(new Match.Fails("ref", "a ref that is there", "refs/heads/main was deleted", 1));
        }

        @Test
        void ofOtherPathsShowsThem() {
            assertThat(TriggerRules.match(pipeline, branch("shop", "main", REVISION), List.of("README.md")))
                    .isEqualTo(new Match.Fails("paths", "deploy/**", "README.md", 3));
        }

        @Test
        void withUnknownPathsIsNotGuessed() {
            assertThat(TriggerRules.match(pipeline, branch("shop", "main", REVISION), null))
                    .isEqualTo(new Match.NeedsPaths());
            assertThat(TriggerRules.match(pipeline, branch("shop", "other", REVISION), null))
                    .isInstanceOf(Match.Fails.class);
        }

        @Test
        void ofATagStartsOnlyWhereTagsAreNamed() {
            assertThat(TriggerRules.match(pipeline, tag("v1"), List.of()))
                    .isEqualTo(new Match.Fails("branch", "main, release/*", "tag v1", 2));
            Pipeline tagged = pipeline(push(List.of(), List.of("v*"), List.of()));
            assertThat(TriggerRules.match(tagged, tag("v1"), null)).isEqualTo(new Match.Starts());
            assertThat(TriggerRules.match(tagged, tag("x1"), null)).isEqualTo(new Match.Fails("tag", "v*", "x1", 2));
            assertThat(TriggerRules.match(tagged, branch("shop", "main", REVISION), null))
                    .isEqualTo(new Match.Fails("tag", "v*", "branch main", 2));
        }

        @Test
        void isExplainedByTheTriggerThatCameFurthest() {
            Pipeline two = pipeline(
                    new Trigger.Push("other", List.of(), List.of(), List.of()),
                    push(List.of("main"), List.of(), List.of()));

            assertThat(TriggerRules.match(two, branch("shop", "x", REVISION), null))
                    .isEqualTo(new Match.Fails("branch", "main", "x", 2));
        }
    }

    @Nested
    class ASource {
        @Test
        void startsByNameAndType() {
            Pipeline pipeline = pipeline(new Trigger.FromSource("alerts", List.of("fired")));
            ExternalEvent fired = new ExternalEvent(
                    "alerts", "fired", "d", null, Map.of(), Json.mapper().createObjectNode());
            ExternalEvent resolved = new ExternalEvent(
                    "alerts", "resolved", "d", null, Map.of(), Json.mapper().createObjectNode());

            assertThat(TriggerRules.match(pipeline, fired, null)).isEqualTo(new Match.Starts());
            assertThat(TriggerRules.match(pipeline, resolved, null))
                    .isEqualTo(new Match.Fails("type", "fired", "resolved", 1));
        }
    }

    @Test
    void aPipelineWithoutTriggersIsStartedByHand() {
        assertThat(TriggerRules.match(pipeline(), tag("v1"), null))
                .isInstanceOfSatisfying(
                        Match.Fails.class,
                        fails -> assertThat(fails.condition()).isEqualTo("on"));
    }

    @ParameterizedTest
    @CsvSource({
        "main,main,true",
        "main,maine,false",
        "release/*,release/1,true",
        "release/*,release/1/2,false",
        "release/**,release/1/2,true",
        "**,a/b/c,true",
        "deploy/**,deploy,false",
        "deploy/**/app.yaml,deploy/app.yaml,true",
        "deploy/**/app.yaml,deploy/a/b/app.yaml,true",
        "**/app.yaml,app.yaml,true",
        "**/app.yaml,xapp.yaml,false",
        "v?.*,v1.2,true",
        "v?.*,v/.2,false",
        "*.md,docs/a.md,false",
    })
    void globs(String pattern, String text, boolean expected) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(expected);
    }

    @Test
    void aHostileGlobIsMatchedInTime() {
        assertThat(new Glob("**a".repeat(200)).matches("a".repeat(2000) + "b")).isFalse();
    }
}
