package dev.tiphys.engine.work;

/** Does the work of one kind of leaf. Blocking; called on a virtual thread of its own. Thread-safe. */
public interface LeafWorker {

    /** {@return the kind of action that it does, for example {@code jenkins}} */
    String kind();

    /**
     * Works on one lease until it is through. Trouble that may pass (the server is away) is waited out with a shown wait and
     * growing pauses until the deadline; it is not an outcome.
     *
     * @throws LeaseLost as the ledger said: nothing more is done
     * @throws InterruptedException if the service stops
     */
    LeafOutcome perform(LeafWork work, LeafWork.Lookup definitions, LeafLedger ledger)
            throws LeaseLost, InterruptedException;
}
