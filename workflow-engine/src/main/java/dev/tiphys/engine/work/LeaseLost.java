package dev.tiphys.engine.work;

/** Another worker holds the lease now, or the attempt is over. The worker stops without further effects. */
public final class LeaseLost extends Exception {

    public LeaseLost(String what) {
        super(what);
    }
}
