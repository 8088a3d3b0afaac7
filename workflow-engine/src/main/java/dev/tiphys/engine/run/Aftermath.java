package dev.tiphys.engine.run;

import java.util.List;

/** Hears of effects right after they are durable. What it misses, a later sweep of the store finds. */
public interface Aftermath {

    /** Called on the writer's thread: it must return at once and must not throw. */
    void after(Run.Present run, List<Effect> effects);
}
