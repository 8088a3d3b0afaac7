package dev.tiphys.testkit;

/** How a build ends. */
public enum JenkinsResult {
    SUCCESS,
    UNSTABLE,
    FAILURE,
    NOT_BUILT,
    ABORTED
}
