package dev.tiphys.engine.work.jenkins;

/**
 * Jenkins did not answer, or not as Jenkins.
 *
 * <p>It may come back: wait and ask again.
 */
final class JenkinsAway extends Exception {
    private final boolean unsent;

    /** @param unsent whether it is certain that Jenkins saw nothing of the request */
    JenkinsAway(String why, boolean unsent) {
        super(why);
        this.unsent = unsent;
    }

    boolean unsent() {
        return unsent;
    }
}
