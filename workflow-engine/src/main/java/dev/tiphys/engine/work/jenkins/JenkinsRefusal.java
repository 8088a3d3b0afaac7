package dev.tiphys.engine.work.jenkins;

/** Jenkins, or what we know of it, says no, and will until a person mends something. */
final class JenkinsRefusal extends Exception {

    JenkinsRefusal(String reason) {
        super(reason);
    }
}
