package dev.tiphys.engine.run.store;

import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Effect;
import dev.tiphys.engine.run.Incarnation;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.RunWorld;
import dev.tiphys.engine.work.LeafOutcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Measures time between steps and transitions per second on a real database with fsync; run by hand. */
public final class StoreBench {
    private static final int STEPS = 20;
    private static final int WARM_RUNS = 300;

    private StoreBench() {}

    public static void main(String[] arguments) throws Exception {
        int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
        int atOnce = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 256;
        TestStore store = TestStore.fresh();
        StringBuilder steps = new StringBuilder("steps:\n");
        for (int i = 0; i < STEPS; i++) {
            steps.append("- {name: s").append(i).append(", http: {method: GET, url: http://x}}\n");
        }
        AtomicReference<PostgresRuns> engine = new AtomicReference<>();
        List<Long> gaps = Collections.synchronizedList(new ArrayList<>());
        Semaphore places = new Semaphore(atOnce);
        AtomicReference<CountDownLatch> open = new AtomicReference<>(new CountDownLatch(0));
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        Aftermath worker = (run, effects) -> {
            for (Effect effect : effects) {
                if (effect instanceof Effect.OfferWork offer) {
                    workers.execute(() -> {
                        long told = System.nanoTime();
                        var _ = engine.get()
                                .handle(
                                        run.charter().id(),
                                        new RunInput.LeafReported(
                                                offer.step(), 1, 1, new LeafOutcome.Succeeded(Map.of(), null)))
                                .thenRun(() -> gaps.add(System.nanoTime() - told));
                    });
                }
                if (effect instanceof Effect.LeaveLine
                        || effect instanceof Effect.EndWork end && end.step().equals("s" + (STEPS - 1))) {
                    places.release();
                    open.get().countDown();
                }
            }
        };
        engine.set(store.runs(new Incarnation("bench", "1"), List.of(worker)));
        round(engine.get(), steps.toString(), "warm", WARM_RUNS, places, open);
        for (int concurrency : List.of(1, atOnce)) {
            gaps.clear();
            int count = concurrency == 1 ? 100 : runs;
            Semaphore limited = concurrency == 1 ? new Semaphore(Integer.MAX_VALUE / 2) : places;
            long begun = System.nanoTime();
            if (concurrency == 1) {
                for (int i = 0; i < count; i++) {
                    round(engine.get(), steps.toString(), "one-" + i, 1, limited, open);
                }
            } else {
                round(engine.get(), steps.toString(), "many", count, limited, open);
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            List<Long> sorted = new ArrayList<>(List.copyOf(gaps));
            Collections.sort(sorted);
            System.out.printf(
                    "%d at once: %d runs of %d steps in %.1f s; %.0f transitions/s; from a step's report to the next"
                            + " step durable: p50 %.2f ms, p99 %.2f ms%n",
                    concurrency,
                    count,
                    STEPS,
                    seconds,
                    count * (STEPS + 1.0) / seconds,
                    sorted.get(sorted.size() / 2) / 1e6,
                    sorted.get(sorted.size() * 99 / 100) / 1e6);
        }
        engine.get().close();
        System.exit(0);
    }

    private static void round(
            PostgresRuns engine,
            String steps,
            String name,
            int count,
            Semaphore places,
            AtomicReference<CountDownLatch> open)
            throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(count);
        open.set(latch);
        for (int i = 0; i < count; i++) {
            places.acquire();
            Charter charter = RunWorld.charter(steps, name + i);
            var _ = engine.handle(charter.id(), new RunInput.Start(charter));
        }
        latch.await();
    }
}
