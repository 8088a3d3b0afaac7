package dev.tiphys.syncer.sync;

/** How far a sync is. */
public enum StageName {
    FETCH,
    RENDER,
    PLAN,
    APPLY,
    HEALTH
}
