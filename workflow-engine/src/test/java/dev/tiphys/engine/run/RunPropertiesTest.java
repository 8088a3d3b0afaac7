package dev.tiphys.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.Topic;
import dev.tiphys.contracts.run.RunFact;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.run.RunInput.Judgement;
import dev.tiphys.engine.run.RunInput.Stop;
import dev.tiphys.engine.run.RunInput.Timer;
import dev.tiphys.engine.run.RunInput.TimerFired;
import dev.tiphys.engine.work.LeafOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever the tree, the faults and the order of inputs: what always holds. The seed is the counterexample. */
class RunPropertiesTest {
    private static final int LONGEST_STORY = 400;

    @Property(tries = 1500)
    void theStateFollowsFromTheFactsAndNothingIsForgotten(@ForAll long seed) {
        Random random = new Random(seed);
        String yaml = pipeline(random);
        RunWorld world = RunWorld.started(yaml);
        List<RunInput> told = new ArrayList<>();
        boolean killed = false;
        for (int i = 0; i < LONGEST_STORY && !(world.run() instanceof Run.Finished); i++) {
            check(world, yaml);
            Map<String, StepState> before = world.present().steps();
            RunInput input = next(world, random, told, i > LONGEST_STORY / 2);
            killed |= input instanceof RunInput.Cancel(var stop, var _, var _) && stop == Stop.KILL;
            told.add(input);
            world.pass(Duration.ofSeconds(random.nextInt(60)));
            world.give(input);
            endsStay(before, world, yaml);
        }
        check(world, yaml);
        assertThat(world.verdict()).as(yaml).isNotEqualTo("unfinished");
        if (!killed) {
            for (Task task : world.present().charter().plan().always()) {
                assertThat(world.state(task.name()))
                        .as("%s is always done in%n%s", task.name(), yaml)
                        .isInstanceOfSatisfying(
                                StepState.Ended.class,
                                ended -> assertThat(ended.attempt()).isPositive());
            }
        }
        Run.Present last = world.present();
        for (RunInput again : told) {
            if (!(again instanceof RunInput.Retry)) {
                assertThat(world.give(again)).as("%s comes late", again).isInstanceOf(Decision.Refused.class);
            }
        }
        assertThat(world.present()).isEqualTo(last);
    }

    /** Groups reset their steps for another attempt; apart from that an end is an end. */
    private static void endsStay(Map<String, StepState> before, RunWorld world, String yaml) {
        Set<String> grouped = new HashSet<>();
        world.present()
                .charter()
                .plan()
                .all()
                .forEach(task -> task.nested().forEach(inside -> grouped.add(inside.name())));
        before.forEach((name, state) -> {
            if (state instanceof StepState.Ended && !grouped.contains(name)) {
                assertThat(world.state(name))
                        .as("%s ended before in%n%s", name, yaml)
                        .isEqualTo(state);
            }
        });
    }

    private static void check(RunWorld world, String yaml) {
        assertThat(RunRules.replay(world.facts())).as(yaml).isEqualTo(world.run());
        List<Long> sequences = world.effects(Effect.Publish.class).stream()
                .filter(each -> each.topic() == Topic.RUNS)
                .map(each -> ((RunFact) each.payload()).sequence())
                .toList();
        for (int i = 0; i < sequences.size(); i++) {
            assertThat(sequences.get(i)).isEqualTo(i + 1L);
        }
        Set<String> timers = timers(world);
        world.present().steps().forEach((name, state) -> {
            if (!(state instanceof StepState.Active active)) {
                assertThat(timers).as("no timer of %s is left", name).noneMatch(key -> key.startsWith(name + "#"));
                return;
            }
            assertThat(world.run()).isInstanceOf(Run.Executing.class);
            if (!(active instanceof StepState.Open) && !(active instanceof StepState.Collapsing)) {
                assertThat(timers)
                        .as("%s is %s and something will wake it in%n%s", name, active, yaml)
                        .anyMatch(key ->
                                key.startsWith(name + "#" + active.attempt().number() + "#"));
            }
        });
    }

    private static Set<String> timers(RunWorld world) {
        Set<String> open = new HashSet<>();
        for (Effect effect : world.effects()) {
            if (effect instanceof Effect.SetTimer(var key, var _, var _)) {
                open.add(key);
            }
            if (effect instanceof Effect.ClearTimer(var key)) {
                open.remove(key);
            }
        }
        return open;
    }

    private static RunInput next(RunWorld world, Random random, List<RunInput> told, boolean calm) {
        if (!calm && random.nextInt(8) == 0 && !told.isEmpty()) {
            return told.get(random.nextInt(told.size()));
        }
        if (!calm && random.nextInt(60) == 0) {
            return new RunInput.Cancel(Stop.values()[random.nextInt(3)], "ann", null);
        }
        List<String> active = world.present().steps().entrySet().stream()
                .filter(entry -> entry.getValue() instanceof StepState.Active
                        && !(entry.getValue() instanceof StepState.Collapsing))
                .map(Map.Entry::getKey)
                .toList();
        List<String> leaves = active.stream()
                .filter(name -> !(world.state(name) instanceof StepState.Open) || random.nextInt(10) == 0)
                .toList();
        List<String> choice = leaves.isEmpty() ? active : leaves;
        String step = choice.get(random.nextInt(choice.size()));
        return about(world, step, random, calm);
    }

    private static RunInput about(RunWorld world, String step, Random random, boolean calm) {
        int attempt = world.attempt(step);
        return switch ((StepState.Active) world.state(step)) {
            case StepState.Working _ ->
                !calm && random.nextInt(6) == 0
                        ? new TimerFired(step, attempt, Timer.DEADLINE)
                        : new RunInput.LeafReported(step, attempt, 1, outcome(random, calm));
            case StepState.Ending _ ->
                random.nextBoolean()
                        ? new TimerFired(step, attempt, Timer.GIVE_UP)
                        : new RunInput.LeafReported(step, attempt, 1, outcome(random, false));
            case StepState.Deploying _ ->
                !calm && random.nextInt(6) == 0
                        ? new TimerFired(step, attempt, Timer.DEADLINE)
                        : new RunInput.SyncReported(world.synced(
                                step,
                                calm ? SyncFact.Outcome.SUCCEEDED : SyncFact.Outcome.values()[random.nextInt(4)],
                                List.of()));
            case StepState.Asking _ ->
                !calm && random.nextInt(4) == 0
                        ? new TimerFired(step, attempt, Timer.DEADLINE)
                        : new RunInput.Judge(
                                step, random.nextInt(4) == 0 ? Judgement.REJECT : Judgement.APPROVE, "ann", null);
            case StepState.Pausing pausing
            when pausing.deadline() != null -> new TimerFired(step, attempt, Timer.DEADLINE);
            case StepState.Pausing _, StepState.BackingOff _ -> new TimerFired(step, attempt, Timer.RESUME);
            case StepState.Open _, StepState.Collapsing _ -> new TimerFired(step, attempt, Timer.DEADLINE);
        };
    }

    private static LeafOutcome outcome(Random random, boolean calm) {
        return switch (calm ? 0 : random.nextInt(8)) {
            case 5 -> new LeafOutcome.Failed("exit 1", null, Map.of());
            case 6 -> new LeafOutcome.Stuck("no such job", null);
            case 7 -> new LeafOutcome.Cancelled("ended", null);
            default -> new LeafOutcome.Succeeded(Map.of(), null);
        };
    }

    private static String pipeline(Random random) {
        Map<String, Integer> counter = new HashMap<>(Map.of("n", 0));
        StringBuilder yaml = new StringBuilder("steps:\n");
        list(yaml, random, counter, 1 + random.nextInt(4), 0);
        if (random.nextBoolean()) {
            yaml.append("finally:\n");
            list(yaml, random, counter, 1 + random.nextInt(2), 2);
        }
        return yaml.toString();
    }

    private static void list(StringBuilder yaml, Random random, Map<String, Integer> counter, int size, int depth) {
        List<String> earlier = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String name = "s" + counter.merge("n", 1, Integer::sum);
            yaml.append("- {name: ").append(name).append(", ").append(action(random, counter, depth));
            if (random.nextInt(3) == 0 && depth < 2) {
                List<String> needs =
                        earlier.stream().filter(_ -> random.nextBoolean()).toList();
                yaml.append(", needs: [").append(String.join(", ", needs)).append(']');
            }
            if (random.nextInt(3) == 0 && depth < 2) {
                yaml.append(", onFailure: ")
                        .append(List.of("halt", "halt-branch", "halt-branch-then-fail", "ignore")
                                .get(random.nextInt(4)));
            }
            if (random.nextInt(8) == 0 && depth < 2) {
                yaml.append(", when: '").append(random.nextBoolean()).append('\'');
            }
            yaml.append("}\n");
            earlier.add(name);
        }
    }

    private static String action(Random random, Map<String, Integer> counter, int depth) {
        String retry = random.nextInt(3) == 0 ? ", retry: {limit: " + (1 + random.nextInt(2)) + ", backoff: 5s}" : "";
        return switch (random.nextInt(depth == 0 ? 6 : 5)) {
            case 0 -> "deploy: {application: shop}" + retry;
            case 1 -> "wait: {duration: 5m}";
            case 2 -> "approval: {message: ok?}";
            case 5 -> group(random, counter) + retry + (random.nextInt(3) == 0 ? ", timeout: 2m" : "");
            default -> "http: {method: GET, url: 'http://x'}" + retry;
        };
    }

    private static String group(Random random, Map<String, Integer> counter) {
        List<String> inside = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            String onFailure = random.nextInt(3) == 0 ? ", onFailure: halt-branch" : "";
            inside.add("{name: s" + counter.merge("n", 1, Integer::sum) + ", " + action(random, counter, 1) + onFailure
                    + "}");
        }
        return "parallel: [" + String.join(", ", inside) + "]";
    }

    @Property(tries = 300)
    void aRetryOfAFailedRunCanSucceed(@ForAll long seed) {
        Random random = new Random(seed);
        RunWorld world = RunWorld.started(pipeline(random));
        List<RunInput> told = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < LONGEST_STORY && !(world.run() instanceof Run.Finished); i++) {
                RunInput input = next(world, random, told, round > 0 || i > LONGEST_STORY / 2);
                told.add(input);
                world.give(input);
            }
            check(world, "seed " + seed);
            if (world.run() instanceof Run.Finished finished
                    && finished.verdict().state() != RunState.SUCCEEDED) {
                world.accept(new RunInput.Retry("ann"));
            }
        }
        assertThat(RunRules.replay(world.facts())).isEqualTo(world.run());
    }
}
