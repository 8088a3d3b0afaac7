package dev.tiphys.gateway.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sorts what was received together into what must be handled one after the other. Pure. */
public final class Lanes {
    private Lanes() {}

    /**
     * {@return lists that may be handled side by side, each in the order received}
     *
     * @param lane the lane of one; null if it has no order to keep
     */
    public static <T> List<List<T>> of(List<T> received, Function<T, @Nullable String> lane) {
        List<List<T>> all = new ArrayList<>();
        Map<String, List<T>> named = new LinkedHashMap<>();
        for (T one : received) {
            String name = lane.apply(one);
            if (name == null) {
                all.add(List.of(one));
                continue;
            }
            named.computeIfAbsent(name, _ -> {
                        List<T> begun = new ArrayList<>();
                        all.add(begun);
                        return begun;
                    })
                    .add(one);
        }
        return all;
    }
}
