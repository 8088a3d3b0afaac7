package dev.tiphys.syncer.plan;

import java.util.List;

/** Changes that are made one after the other, before those of the next wave begin. */
public record Wave(int number, List<Change> changes) {
    public Wave {
        changes = List.copyOf(changes);
    }
}
