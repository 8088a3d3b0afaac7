package dev.tiphys.gateway.intake;

import java.util.List;

/** What became of an arrival. */
public sealed interface Taken {

    /** The broker has its events now, where these say. */
    record Published(List<Position> positions) implements Taken {
        public Published {
            positions = List.copyOf(positions);
        }
    }

    /** The broker had them before. */
    record Duplicate() implements Taken {}

    /** Where an event is on the topic of events. */
    record Position(int partition, long offset) {}
}
