package dev.tiphys.engine.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.Pipeline;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.contracts.event.GitChange;
import dev.tiphys.engine.run.Library;
import dev.tiphys.platform.expression.cel.CelExpressions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggerRulesTest {
    private static final String REVISION = "1234567890123456789012345678901234567890";

    private static Match match(Pipeline pipeline, ExternalEvent event, @Nullable List<String> changedPaths) {
        CloudEvent<ExternalEvent> arrived =
                new CloudEvent<>("e-1", "/test", null, Instant.parse("2026-03-02T05:30:00Z"), Causality.NONE, event);
        return new TriggerRules(new CelExpressions()).match(pipeline, arrived, changedPaths);
    }

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
            assertThat(match(pipeline, branch("shop", "release/1", REVISION), List.of("deploy/a/b.yaml")))
                    .isEqualTo(new Match.Starts());
        }

        @Test
        void ofAnotherRepositoryStartsNothing() {
            assertThat(match(pipeline, branch("other", "main", REVISION), List.of("deploy/x")))
                    .isEqualTo(new Match.Fails("repository", "shop", "other", 0));
        }

        @Test
        void ofAnotherBranchSaysWhichWereWanted() {
            assertThat(match(pipeline, branch("shop", "feature/x", REVISION), List.of("deploy/x")))
                    .isEqualTo(new Match.Fails("branch", "main, release/*", "feature/x", 2));
        }

        @Test
        void thatDeletesABranchNeverStarts() {
            assertThat(match(pipeline, branch("shop", "main", null), List.of("deploy/x")))
                    .isEqualTo(new Match.Fails("ref", "a ref that is there", "refs/heads/main was deleted", 1));
        }

        @Test
        void ofOtherPathsShowsThem() {
            assertThat(match(pipeline, branch("shop", "main", REVISION), List.of("README.md")))
                    .isEqualTo(new Match.Fails("paths", "deploy/**", "README.md", 3));
        }

        @Test
        void withUnknownPathsIsNotGuessed() {
            assertThat(match(pipeline, branch("shop", "main", REVISION), null)).isEqualTo(new Match.NeedsPaths());
            assertThat(match(pipeline, branch("shop", "other", REVISION), null)).isInstanceOf(Match.Fails.class);
        }

        @Test
        void ofATagStartsOnlyWhereTagsAreNamed() {
            assertThat(match(pipeline, tag("v1"), List.of()))
                    .isEqualTo(new Match.Fails("branch", "main, release/*", "tag v1", 2));
            Pipeline tagged = pipeline(push(List.of(), List.of("v*"), List.of()));
            assertThat(match(tagged, tag("v1"), null)).isEqualTo(new Match.Starts());
            assertThat(match(tagged, tag("x1"), null)).isEqualTo(new Match.Fails("tag", "v*", "x1", 2));
            assertThat(match(tagged, branch("shop", "main", REVISION), null))
                    .isEqualTo(new Match.Fails("tag", "v*", "branch main", 2));
        }

        @Test
        void isExplainedByTheTriggerThatCameFurthest() {
            Pipeline two = pipeline(
                    new Trigger.Push("other", List.of(), List.of(), List.of()),
                    push(List.of("main"), List.of(), List.of()));

            assertThat(match(two, branch("shop", "x", REVISION), null))
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

            assertThat(match(pipeline, fired, null)).isEqualTo(new Match.Starts());
            assertThat(match(pipeline, resolved, null)).isEqualTo(new Match.Fails("type", "fired", "resolved", 1));
        }
    }

    @Nested
    class AnEventSource {
        private final ExternalEvent event = new ExternalEvent(
                "calendars",
                "daily",
                "calendar",
                "d",
                null,
                Map.of(),
                Map.of(),
                Json.mapper().createObjectNode());

        @Test
        void isNamedByTheNamesOfItsEventsOrTheirTypes() {
            assertThat(match(pipeline(new Trigger.FromSource("calendars", List.of("daily"))), event, null))
                    .isEqualTo(new Match.Starts());
            assertThat(match(pipeline(new Trigger.FromSource("calendars", List.of("calendar"))), event, null))
                    .isEqualTo(new Match.Starts());
            assertThat(match(pipeline(new Trigger.FromSource("calendars", List.of("weekly"))), event, null))
                    .isEqualTo(new Match.Fails("type", "weekly", "calendar (daily)", 1));
        }
    }

    @Nested
    class AMessage {
        private static final String PAID = "${{ event.body.kind == 'paid' }}";

        private ExternalEvent message(String queue, String body) {
            return new ExternalEvent(
                    queue, null, "message", "m-1", null, Map.of("x-tenant", "acme"), Map.of("group", "g"), tree(body));
        }

        private Match met(String when, String body) {
            return match(pipeline(new Trigger.Message("orders", when)), message("orders", body), null);
        }

        @Test
        void startsWhatNamesItsQueue() {
            Pipeline orders = pipeline(new Trigger.Message("orders", null));

            assertThat(match(orders, message("orders", "{}"), null)).isEqualTo(new Match.Starts());
            assertThat(match(orders, message("returns", "{}"), null))
                    .isEqualTo(new Match.Fails("queue", "orders", "returns", 0));
        }

        @Test
        void startsWhereTheConditionHolds() {
            assertThat(met(PAID, "{\"kind\": \"paid\"}")).isEqualTo(new Match.Starts());
            assertThat(met(PAID, "{\"kind\": \"open\"}")).isEqualTo(new Match.Fails("when", PAID, "false", 1));
        }

        @Test
        void startsNothingWhereTheConditionCannotBeResolved() {
            assertThat(met(PAID, "{\"sort\": 1}")).isInstanceOfSatisfying(Match.Fails.class, fails -> {
                assertThat(fails.condition()).isEqualTo("when");
                assertThat(fails.met()).contains("cannot be resolved").contains("sort");
            });
            assertThat(met("${{ event.body.kind }}", "{\"kind\": \"true\"}")).isInstanceOf(Match.Fails.class);
        }

        @Test
        void isSeenWhollyByTheCondition() {
            String all = "event.headers['x-tenant'] == 'acme' && event.attributes.group == 'g' && event.id == 'e-1'"
                    + " && event.source == 'orders' && event.time.startsWith('2026-03-02') && event.type == 'message'";

            assertThat(met(all, "{}")).isEqualTo(new Match.Starts());
        }

        private static com.fasterxml.jackson.databind.JsonNode tree(String text) {
            try {
                return Json.mapper().readTree(text);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Nested
    class ATick {
        private final Pipeline nightly =
                pipeline(new Trigger.Schedule("30 6 * * *", "Europe/Vienna", Pipeline.Missed.LATEST, Duration.ZERO));

        private ExternalEvent tick(String pipeline, String cron, String zone) {
            return new ExternalEvent(
                    pipeline,
                    null,
                    ExternalEvent.TICK,
                    "d",
                    null,
                    Map.of(),
                    Map.of("pipeline", pipeline, "cron", cron, "timeZone", zone),
                    Json.mapper().createObjectNode());
        }

        @Test
        void startsThePipelineAndTheScheduleThatItIsOf() {
            assertThat(match(nightly, tick("p", "30 6 * * *", "Europe/Vienna"), null))
                    .isEqualTo(new Match.Starts());
        }

        @Test
        void ofAnotherPipelineTimeOrZoneStartsNothing() {
            String wanted = "p: 30 6 * * * Europe/Vienna";
            assertThat(match(nightly, tick("q", "30 6 * * *", "Europe/Vienna"), null))
                    .isEqualTo(new Match.Fails("schedule", wanted, "q: 30 6 * * * Europe/Vienna", 1));
            assertThat(match(nightly, tick("p", "31 6 * * *", "Europe/Vienna"), null))
                    .isEqualTo(new Match.Fails("schedule", wanted, "p: 31 6 * * * Europe/Vienna", 1));
            assertThat(match(nightly, tick("p", "30 6 * * *", "UTC"), null))
                    .isEqualTo(new Match.Fails("schedule", wanted, "p: 30 6 * * * UTC", 1));
            assertThat(match(nightly, branch("shop", "main", REVISION), null))
                    .isEqualTo(new Match.Fails("schedule", wanted, "push of shop", 0));
        }

        @Test
        void isNoEventOfASourceOrQueueThatIsCalledLikeItsPipeline() {
            ExternalEvent tick = tick("billing", "30 6 * * *", "UTC");

            assertThat(match(pipeline(new Trigger.FromSource("billing", List.of())), tick, null))
                    .isEqualTo(new Match.Fails("source", "billing", "a tick of pipeline billing", 0));
            assertThat(match(pipeline(new Trigger.Message("billing", null)), tick, null))
                    .isEqualTo(new Match.Fails("queue", "billing", "a tick of pipeline billing", 0));
        }
    }

    @Test
    void editedDefinitionsTakeThePlaceOfThoseOfTheSameName() {
        Pipeline before = pipeline();
        Pipeline edited = pipeline(new Trigger.Message("orders", null));
        Library base = new Library() {
            @Override
            public <T extends Definition> Optional<T> find(Class<T> kind, String name) {
                return ofKind(kind).stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst();
            }

            @Override
            public <T extends Definition> List<T> ofKind(Class<T> kind) {
                return Definition.ofKind(List.of(before), kind);
            }
        };

        EditedLibrary library = new EditedLibrary(base, List.of(edited));

        assertThat(library.ofKind(Pipeline.class)).containsExactly(edited);
        assertThat(library.find(Pipeline.class, "p")).contains(edited);
        assertThat(new EditedLibrary(base, List.of()).ofKind(Pipeline.class)).containsExactly(before);
    }

    @Test
    void aPipelineWithoutTriggersIsStartedByHand() {
        assertThat(match(pipeline(), tag("v1"), null))
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
