package dev.tiphys.notifier.delivery;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.notice.NoticeRequested;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.notifier.card.Card;
import dev.tiphys.notifier.card.Message;
import dev.tiphys.notifier.card.MessageKind;
import dev.tiphys.notifier.card.Replies;
import dev.tiphys.notifier.card.RunPicture;
import dev.tiphys.notifier.card.Utterance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides what is to be said. Same arguments, same answer; a fact that is in the picture already changes nothing. */
public final class Planner {
    private static final String REPLACED = "a newer state of the card took its place";

    private Planner() {}

    /** {@return what facts of one run, in their order, lead to} */
    public static Plan onFacts(Standing standing, List<CloudEvent<RunFact>> facts) {
        Draft draft = new Draft(standing);
        for (CloudEvent<RunFact> fact : facts) {
            draft.hear(fact);
        }
        return draft.plan();
    }

    /** {@return what a notify step's request leads to} */
    public static Plan onNotice(Standing standing, CloudEvent<NoticeRequested> event) {
        NoticeRequested notice = event.data();
        Lane lane = new Lane(notice.workspace(), notice.channel());
        String key = key(notice.run(), MessageKind.NOTICE, notice.step() + "/" + notice.attempt(), lane);
        Plan.Addition said = new Plan.Addition(
                key, MessageKind.NOTICE, notice.step(), lane, false, false, Replies.notice(notice.text()), null, event);
        return new Plan(standing.picture(), standing.cardDigest(), List.of(said), Map.of());
    }

    private static String key(String run, MessageKind kind, String which, Lane lane) {
        return run + "/" + kind.word() + "/" + which + "@" + lane.workspace();
    }

    /** A plan in the making. */
    private static final class Draft {
        private final Standing standing;
        private final Map<String, Plan.Addition> additions = new LinkedHashMap<>();
        private final Map<String, String> withdrawals = new LinkedHashMap<>();
        private @Nullable RunPicture picture;
        private @Nullable String digest;

        private Draft(Standing standing) {
            this.standing = standing;
            this.picture = standing.picture();
            this.digest = standing.cardDigest();
        }

        private void hear(CloudEvent<RunFact> event) {
            RunFact fact = event.data();
            RunPicture before = picture;
            if (before != null && fact.sequence() <= before.sequence()) {
                return;
            }
            RunPicture after = RunPicture.evolve(before, fact, event.time());
            picture = after;
            if (after.target() == null) {
                return;
            }
            Lane lane = new Lane(after.target().workspace(), after.target().slack());
            show(after, lane, event);
            for (Utterance utterance : Replies.to(before, fact, after)) {
                switch (utterance) {
                    case Utterance.Say say -> say(say, lane, event);
                    case Utterance.Withdraw gone -> withdraw(gone.kind(), gone.step(), gone.reason());
                }
            }
        }

        private void show(RunPicture after, Lane lane, CloudEvent<RunFact> event) {
            Message card = Card.of(after);
            String shown = card.digest();
            if (shown.equals(digest)) {
                return;
            }
            digest = shown;
            withdraw(MessageKind.CARD, "", REPLACED);
            String which = Long.toString(event.data().sequence());
            add(new Plan.Addition(
                    key(after.run(), MessageKind.CARD, which, lane),
                    MessageKind.CARD,
                    "",
                    lane,
                    after.state().finished(),
                    false,
                    card,
                    null,
                    event));
        }

        private void say(Utterance.Say say, Lane lane, CloudEvent<RunFact> event) {
            RunFact fact = event.data();
            String key = key(fact.run(), say.kind(), Long.toString(fact.sequence()), lane);
            add(new Plan.Addition(
                    key, say.kind(), say.step(), lane, false, say.broadcast(), say.message(), null, event));
        }

        private void add(Plan.Addition addition) {
            additions.put(addition.key(), addition);
        }

        private void withdraw(MessageKind kind, String step, String reason) {
            for (Standing.Waiting waiting : standing.waiting()) {
                if (waiting.kind() == kind && waiting.step().equals(step)) {
                    withdrawals.putIfAbsent(waiting.key(), reason);
                }
            }
            additions.replaceAll((_, addition) ->
                    addition.kind() == kind && addition.step().equals(step) && addition.suppressed() == null
                            ? addition.withheld(reason)
                            : addition);
        }

        private Plan plan() {
            return new Plan(picture, digest, List.copyOf(additions.values()), withdrawals);
        }
    }
}
