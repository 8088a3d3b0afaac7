package dev.tiphys.engine.run.store;

import dev.tiphys.contracts.run.RunState;
import java.time.Duration;

/** What the lanes count. */
interface LaneMetrics {

    /** Counts nothing. */
    LaneMetrics NONE = new LaneMetrics() {
        @Override
        public void written(int inputs, Duration took) {}

        @Override
        public void started() {}

        @Override
        public void finished(RunState state) {}

        @Override
        public void refused(String why) {}
    };

    void written(int inputs, Duration took);

    void started();

    void finished(RunState state);

    void refused(String why);
}
