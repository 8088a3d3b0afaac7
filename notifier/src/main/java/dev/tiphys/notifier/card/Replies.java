package dev.tiphys.notifier.card;

import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.RunState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what is said beside the card: failures, approvals wanted, what is stuck, and an end other than success. A
 * success needs no words of its own: the card says it.
 */
public final class Replies {
    private static final int NAME = 120;
    private static final int REASON = 2500;
    private static final int FALLBACK = 600;

    private Replies() {}

    /** {@return what a fact gives cause to say, given the picture before it and with it} */
    public static List<Utterance> to(@Nullable RunPicture before, RunFact fact, RunPicture after) {
        return switch (fact) {
            case RunFact.StepFinished f -> finished(f, after);
            case RunFact.StepWaiting f -> waiting(before, f, after);
            case RunFact.StepStarted f -> withdrawn(f.step(), "the step began anew");
            case RunFact.StepRetrying f -> withdrawn(f.step(), "the step is tried again");
            case RunFact.RunFinished f -> ended(f);
            case RunFact.RunCreated _, RunFact.RunWaiting _, RunFact.RunStarted _ -> List.of();
        };
    }

    /** {@return a notify step's text as a message} */
    public static Message notice(String text) {
        String said = Mrkdwn.line(text, FALLBACK);
        if (said.isEmpty()) {
            return new Message("(an empty text)", List.of());
        }
        return new Message(said, List.of(Blocks.section(Mrkdwn.paragraph(text, REASON))));
    }

    private static List<Utterance> finished(RunFact.StepFinished f, RunPicture after) {
        Utterance decided =
                new Utterance.Withdraw(MessageKind.APPROVAL, f.step(), "it was decided before it could be asked");
        return switch (f.state()) {
            case FAILED -> List.of(decided, failure(MessageKind.FAILURE, f, after));
            case STUCK -> List.of(decided, failure(MessageKind.STUCK, f, after));
            case PENDING, RUNNING, WAITING, SUCCEEDED, CANCELLED, SKIPPED, SUPERSEDED -> List.of(decided);
        };
    }

    private static Utterance failure(MessageKind kind, RunFact.StepFinished f, RunPicture after) {
        String reason = f.reason() == null ? "no reason was given" : f.reason();
        String head = Signs.of(f.state()) + " *" + Mrkdwn.line(f.step(), NAME) + "* of *"
                + Mrkdwn.line(after.pipeline(), NAME) + "* "
                + (f.state() == RunState.STUCK ? "is stuck until somebody mends it" : "failed");
        if (Mrkdwn.linkable(f.link())) {
            head += " · " + Mrkdwn.link(f.link(), "open", NAME);
        }
        String text = f.step() + " of " + after.pipeline() + " " + f.state().word() + ": " + reason;
        return new Utterance.Say(kind, f.step(), message(text, head, reason), false);
    }

    private static List<Utterance> waiting(@Nullable RunPicture before, RunFact.StepWaiting f, RunPicture after) {
        Optional<StepPicture> step = after.step(f.step());
        boolean wanted = step.map(StepPicture::wantsApproval).orElse(false);
        if (!wanted || wasAsked(before, f)) {
            return List.of();
        }
        String head = ":raised_hand: *" + Mrkdwn.line(f.step(), NAME) + "* of *"
                + Mrkdwn.line(after.pipeline(), NAME) + "* wants an approval: "
                + Mrkdwn.line(f.waiting().on(), REASON / 5);
        if (f.waiting().until() != null) {
            head += " · until " + Mrkdwn.time(f.waiting().until());
        }
        String how = "./tiphys approve " + f.run() + " " + f.step();
        String body = f.waiting().unblock() + "\n" + how;
        String text = f.step() + " of " + after.pipeline() + " wants an approval: " + how;
        return List.of(new Utterance.Say(MessageKind.APPROVAL, f.step(), message(text, head, body), false));
    }

    private static boolean wasAsked(@Nullable RunPicture before, RunFact.StepWaiting f) {
        return before != null
                && before.step(f.step())
                        .filter(step -> step.wantsApproval() && step.attempt() == f.attempt())
                        .isPresent();
    }

    private static List<Utterance> ended(RunFact.RunFinished f) {
        return switch (f.state()) {
            case FAILED, STUCK -> List.of(outcome(f, true));
            case CANCELLED -> List.of(outcome(f, false));
            case PENDING, RUNNING, WAITING, SUCCEEDED, SKIPPED, SUPERSEDED -> List.of();
        };
    }

    private static Utterance outcome(RunFact.RunFinished f, boolean broadcast) {
        String reason = f.reason() == null ? "no reason was given" : f.reason();
        String head = Signs.of(f.state()) + " *" + Mrkdwn.line(f.pipeline(), NAME) + "* "
                + f.state().word();
        String text = f.pipeline() + " " + f.state().word() + ": " + reason;
        return new Utterance.Say(MessageKind.OUTCOME, "", message(text, head, reason), broadcast);
    }

    private static List<Utterance> withdrawn(String step, String reason) {
        return List.of(new Utterance.Withdraw(MessageKind.APPROVAL, step, reason));
    }

    private static Message message(String text, String head, String detail) {
        return new Message(
                Mrkdwn.line(text, FALLBACK),
                List.of(Blocks.section(head), Blocks.section(Mrkdwn.quote(detail, REASON))));
    }
}
