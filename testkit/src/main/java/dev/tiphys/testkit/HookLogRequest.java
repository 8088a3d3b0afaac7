package dev.tiphys.testkit;

/** What clients ask of a stand-in of a Git server's list of deliveries. */
public enum HookLogRequest {
    HOOKS,
    DELIVERIES,
    AGAIN,
    OTHER
}
