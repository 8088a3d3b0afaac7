package dev.tiphys.notifier.delivery;

import dev.tiphys.contracts.cloudevent.CloudEvent;
import dev.tiphys.contracts.notice.NoticeRequested;
import dev.tiphys.contracts.run.RunFact;
import java.util.List;

/** Takes in what is to be told. What arrives twice changes nothing. */
public final class Intake {
    private final Ledger ledger;
    private final Runnable nudge;

    /** @param nudge called when something new may be planned */
    public Intake(Ledger ledger, Runnable nudge) {
        this.ledger = ledger;
        this.nudge = nudge;
    }

    /**
     * Takes facts of one run, in their order; at least one.
     *
     * @throws LedgerUnavailable if the database is away; give them again later
     */
    public void facts(List<CloudEvent<RunFact>> facts) {
        String run = facts.getFirst().data().run();
        ledger.plan(run, standing -> Planner.onFacts(standing, facts));
        nudge.run();
    }

    /**
     * Takes a notify step's request.
     *
     * @throws LedgerUnavailable if the database is away; give it again later
     */
    public void notice(CloudEvent<NoticeRequested> notice) {
        ledger.plan(notice.data().run(), standing -> Planner.onNotice(standing, notice));
        nudge.run();
    }
}
