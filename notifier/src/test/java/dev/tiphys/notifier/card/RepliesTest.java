package dev.tiphys.notifier.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.notifier.Story;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepliesTest {
    @Test
    void aSuccessNeedsNoWordsOfItsOwn() {
        assertThat(said(Story.of("r-1").succeeds())).isEmpty();
    }

    @Test
    void aFailureIsToldWithItsReasonAndItsLinkAndTheEndIsBroadcast() {
        List<Utterance.Say> said = said(Story.of("r-1").testFails());

        assertThat(said).extracting(Utterance.Say::kind).containsExactly(MessageKind.FAILURE, MessageKind.OUTCOME);
        assertThat(said).extracting(Utterance.Say::broadcast).containsExactly(false, true);
        assertThat(CardTest.texts(said.getFirst().message()))
                .containsExactly(
                        ":x: *integration-test* of *shop-delivery* failed · <" + Story.BUILD + "|open>",
                        "> build #12 ended with FAILURE");
    }

    @Test
    void whatIsStuckIsToldWithFileAndLine() {
        List<Utterance.Say> said = said(Story.of("r-1").manifestIsBroken());

        assertThat(said).extracting(Utterance.Say::kind).containsExactly(MessageKind.STUCK, MessageKind.OUTCOME);
        assertThat(CardTest.texts(said.getFirst().message()).getLast())
                .isEqualTo("> deploy/experiment/web.yaml:14:9: expected a mapping, found \"replicas 3\"");
    }

    @Test
    void anApprovalIsAskedForOnceAndSaysHow() {
        Story story = Story.of("r-1").created().started().wantsApproval("release");
        story.waits("release", new Wait("approval", "release to dev", story.now(), null, "one more is needed"), null);

        List<Utterance.Say> said = said(story);

        assertThat(said).singleElement().satisfies(say -> {
            assertThat(say.kind()).isEqualTo(MessageKind.APPROVAL);
            assertThat(CardTest.texts(say.message()).getLast())
                    .isEqualTo("> anyone of the team may approve\n> ./tiphys approve r-1 release");
        });
    }

    @Test
    void anApprovalThatWasDecidedIsNotAskedForAnyMore() {
        Story story = Story.of("r-1").created().started().wantsApproval("release");
        List<Utterance> last = utterances(story.ends("release", RunState.SUCCEEDED, null, null));

        assertThat(last)
                .last()
                .isEqualTo(new Utterance.Withdraw(
                        MessageKind.APPROVAL, "release", "it was decided before it could be asked"));
    }

    @Test
    void aNoticeIsEscapedAndKeepsItsLines() {
        Message notice = Replies.notice("hello <!channel>\nsecond & last");

        assertThat(CardTest.texts(notice)).containsExactly("hello &lt;!channel&gt;\nsecond &amp; last");
        assertThat(notice.text()).isEqualTo("hello &lt;!channel&gt; second &amp; last");
    }

    @Test
    void longTextsStayWithinTheLimits() {
        Message notice = Replies.notice("&".repeat(40_000));
        List<Utterance.Say> said = said(
                Story.of("r-1").created().started().ends("experiment", RunState.FAILED, "<\n".repeat(20_000), null));

        assertThat(CardTest.texts(notice)).allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(3000));
        assertThat(CardTest.texts(said.getFirst().message()))
                .allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(3000));
    }

    private static List<Utterance.Say> said(Story story) {
        return utterances(story).stream()
                .filter(Utterance.Say.class::isInstance)
                .map(Utterance.Say.class::cast)
                .toList();
    }

    private static List<Utterance> utterances(Story story) {
        List<Utterance> all = new ArrayList<>();
        RunPicture before = null;
        for (CloudEvent<RunFact> fact : story.facts()) {
            RunPicture after = RunPicture.evolve(before, fact.data(), fact.time());
            all.addAll(Replies.to(before, fact.data(), after));
            before = after;
        }
        return all;
    }
}
