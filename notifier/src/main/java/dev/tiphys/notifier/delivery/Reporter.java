package dev.tiphys.notifier.delivery;

import java.util.List;

/** Moves outcomes from the ledger to the log. What is told twice is told with the same id. */
public final class Reporter {
    private static final int BATCH = 200;

    private final Ledger ledger;
    private final Deliveries deliveries;

    public Reporter(Ledger ledger, Deliveries deliveries) {
        this.ledger = ledger;
        this.deliveries = deliveries;
    }

    /**
     * Tells what is untold.
     *
     * @throws Deliveries.Unavailable if the broker is away; what is untold stays so
     */
    public void report() throws Deliveries.Unavailable {
        List<Outcome> outcomes = ledger.untold(BATCH);
        while (!outcomes.isEmpty()) {
            deliveries.append(outcomes.stream().map(Outcome::event).toList());
            ledger.told(outcomes);
            outcomes = ledger.untold(BATCH);
        }
    }
}
