package dev.tiphys.engine.work.kubernetes;

/** There is no cluster to run a Job on; the message says what to configure. */
final class NoCluster extends Exception {

    NoCluster(String reason) {
        super(reason);
    }
}
