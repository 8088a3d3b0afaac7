package dev.tiphys.platform.definitions;

/** The view of the definitions did not catch up in time. Handle the event later. */
public final class DefinitionsBehind extends Exception {

    public DefinitionsBehind(long wanted, long reached) {
        super("the definitions are at " + reached + ", needed are those at " + wanted);
    }
}
