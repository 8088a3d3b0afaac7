package dev.tiphys.syncer.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.sync.SyncFact.Outcome;
import dev.tiphys.contracts.sync.SyncFact.SyncFinished;
import dev.tiphys.contracts.sync.SyncFact.SyncWaiting;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole syncer against the sandbox, and what it depends on away in the middle of its work. */
@QuarkusTest
@WithTestResource(value = Parts.class, initArgs = @ResourceArg(name = "cluster", value = "SANDBOX"))
@Tag("real")
class SandboxTest extends SyncLine {

    @Nested
    class ADatabaseThatIsAway {
        @Test
        void delaysWhatIsAskedMeanwhileAndLosesNothingThatRuns() {
            define("");
            String sick = commitSick();
            log.request(name, sick, Duration.ofMinutes(5));
            await().atMost(SOON).until(() -> log.facts(name).anyMatch(SyncWaiting.class::isInstance));
            String well = repository.commit("well", Map.of("deploy/all.yaml", deployment("")));

            Parts.withoutDatabase(() -> {
                log.request(name, well, Duration.ofMinutes(5));
                await().atMost(SOON).until(() -> statusCode() >= 500);
            });

            assertThat(end(2)).extracting(SyncFinished::outcome).containsExactly(Outcome.WITHDRAWN, Outcome.SUCCEEDED);
            await().atMost(SOON)
                    .until(() -> "Synced".equals(status().at("/sync").asText()));
        }
    }

    @Nested
    class ABrokerThatIsAway {
        @Test
        void hearsWhatHappenedMeanwhileWhenItIsBack() {
            define("");
            String one = repository.commit("one", Map.of("deploy/a.yaml", config("one")));
            log.request(name, one, Duration.ofMinutes(5));
            end(1);
            String two = repository.commit("two", Map.of("deploy/a.yaml", config("two")));

            Parts.withoutBroker(() -> {
                post("sync", "{\"revision\": \"" + two + "\"}", 202);
                await().atMost(SOON).until(() -> "two".equals(value()));
                assertThat(log.finished(name)).hasSize(1);
            });

            assertThat(end(2)).extracting(SyncFinished::revision).containsExactly(one, two);
            log.request(name, one, Duration.ofMinutes(5));
            assertThat(end(3).getLast().outcome()).isEqualTo(Outcome.SUCCEEDED);
            assertThat(value()).isEqualTo("one");
        }
    }
}
