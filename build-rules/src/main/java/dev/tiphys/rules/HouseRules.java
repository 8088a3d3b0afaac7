package dev.tiphys.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.NullMarked;

/**
 * The rules of the house that bytecode can tell. A service names its root package and its features; a feature package is
 * a pure core, its sub-packages are its edges, and {@code app} is the only place that knows both.
 */
public final class HouseRules {

    private static final Map<Class<?>, Set<String>> HIDDEN_INPUTS = Map.ofEntries(
            Map.entry(Instant.class, Set.of("now")),
            Map.entry(LocalDate.class, Set.of("now")),
            Map.entry(LocalDateTime.class, Set.of("now")),
            Map.entry(ZonedDateTime.class, Set.of("now")),
            Map.entry(OffsetDateTime.class, Set.of("now")),
            Map.entry(UUID.class, Set.of("randomUUID")),
            Map.entry(Clock.class, Set.of("systemUTC", "systemDefaultZone", "instant")),
            Map.entry(System.class, Set.of("currentTimeMillis", "nanoTime", "getenv", "getProperty")),
            Map.entry(Math.class, Set.of("random")),
            Map.entry(Random.class, Set.of("<init>")),
            Map.entry(ThreadLocalRandom.class, Set.of("current")));

    private final String root;
    private final JavaClasses imported;

    private HouseRules(String root, JavaClasses imported) {
        this.root = root;
        this.imported = imported;
    }

    /**
     * Reads the main classes below a package.
     *
     * @throws IllegalStateException if there are none: a rule over nothing proves nothing
     */
    public static HouseRules of(String root) {
        return of(root, importer().importPackages(root));
    }

    /** The rules tell foreign classes by their names: to read all of a library would cost seconds in each module. */
    static ClassFileImporter importer() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests());
    }

    /** The same for classes that were read already. */
    static HouseRules of(String root, JavaClasses classes) {
        if (classes.isEmpty()) {
            throw new IllegalStateException("no classes below " + root + ": name the module's root package");
        }
        return new HouseRules(root, classes);
    }

    /** Checks what holds in every module: no cycles, telling names, every package null-marked. */
    public void checkModule() {
        slices().matching(root + ".(**)")
                .should()
                .beFreeOfCycles()
                .because("a cycle means that two packages are one; move what both need to where both may look")
                .allowEmptyShould(true)
                .check(imported);
        namesSayWhatThingsAre().check(imported);
        classes()
                .should(new NullMarkedPackage())
                .because("null is an answer that the type must show; add a package-info.java with @NullMarked")
                .check(imported);
    }

    /**
     * Checks a service: all of {@link #checkModule}, pure cores, closed edges, and nothing known of other services.
     *
     * @param features the names of the feature packages directly below the root; at least one
     */
    public void checkService(List<String> features) {
        checkModule();
        servicesDoNotKnowEachOther().check(imported);
        for (String feature : features) {
            String core = root + "." + feature;
            coreKnowsOnlyTheLanguage(core).check(imported);
            coreReadsNoHiddenInputs(core).check(imported);
            edgesDoNotKnowEachOther(core).check(imported);
            edgesAreClosed(core).check(imported);
        }
    }

    private ArchRule coreKnowsOnlyTheLanguage(String core) {
        return classes()
                .that()
                .resideInAPackage(core)
                .should()
                .onlyDependOnClassesThat(new CoreMayKnow(root, core))
                .because(
                        "decisions must replay the same on every machine; put the framework call in a sub-package, an edge."
                                + " JSON trees are data and allowed, as are the contracts and other cores of the same service");
    }

    private static ArchRule coreReadsNoHiddenInputs(String core) {
        return noClasses()
                .that()
                .resideInAPackage(core)
                .should()
                .accessTargetWhere(new HiddenInput())
                .because("time, identity and the environment arrive as arguments");
    }

    private static ArchRule edgesDoNotKnowEachOther(String core) {
        return slices().matching(core + ".(*)..")
                .should()
                .notDependOnEachOther()
                .because("edges meet only in the core")
                .allowEmptyShould(true);
    }

    private ArchRule edgesAreClosed(String core) {
        return classes()
                .that()
                .resideInAnyPackage(core + ".*..", root + ".app..")
                .and()
                .areTopLevelClasses()
                .should()
                .notBePublic()
                .because("nobody may call an edge; the container finds it, the core does not need it")
                .allowEmptyShould(true);
    }

    private ArchRule servicesDoNotKnowEachOther() {
        return noClasses()
                .should()
                .dependOnClassesThat(new DescribedPredicate<>("are of another service") {
                    @Override
                    public boolean test(JavaClass type) {
                        String name = type.getPackageName();
                        return List.of("gateway", "engine", "syncer", "notifier", "console", "standalone").stream()
                                .map(service -> "dev.tiphys." + service)
                                .filter(service -> !root.equals(service))
                                .anyMatch(service -> name.equals(service) || name.startsWith(service + "."));
                    }
                })
                .because("what a service needs of another arrives on a topic");
    }

    private static ArchRule namesSayWhatThingsAre() {
        return noClasses()
                .should()
                .haveNameMatching(".*[.$](Abstract[A-Z]\\w*|Base[A-Z]\\w*|\\w*(Impl|Manager|Helper|Utils?|Data|Info))")
                .because("name the thing by its job");
    }

    /**
     * What a core may depend on: the language, the contracts, JSON trees, the pure port of expressions, cron expressions, its
     * own package and the other cores.
     */
    private static final class CoreMayKnow extends DescribedPredicate<JavaClass> {
        private static final List<String> LANGUAGE = List.of(
                "java.lang",
                "java.util",
                "java.time",
                "java.math",
                "java.net",
                "java.nio.charset",
                "java.security",
                "javax.crypto",
                "org.jspecify");
        private static final List<String> WORLD = List.of("java.util.logging", "java.util.prefs", "java.net.http");
        private static final List<String> DATA = List.of(
                "com.fasterxml.jackson.core",
                "com.fasterxml.jackson.databind",
                "dev.tiphys.contracts",
                "dev.tiphys.platform.expression",
                // A calendar calculation over values: it reads no clock, no time zone of the machine, and does no I/O.
                "com.cronutils");

        private final String root;
        private final String core;

        private CoreMayKnow(String root, String core) {
            super("the language, the contracts, JSON trees, expressions and cores");
            this.root = root;
            this.core = core;
        }

        @Override
        public boolean test(JavaClass type) {
            String name = type.getBaseComponentType().getPackageName();
            return type.getBaseComponentType().isPrimitive()
                    || name.equals(core)
                    || isCoreOfSameService(name)
                    || (isIn(LANGUAGE, name) && !isIn(WORLD, name))
                    || isIn(DATA, name);
        }

        private static boolean isIn(List<String> packages, String name) {
            return packages.stream().anyMatch(known -> name.equals(known) || name.startsWith(known + "."));
        }

        private boolean isCoreOfSameService(String name) {
            return name.startsWith(root + ".")
                    && name.indexOf('.', root.length() + 1) < 0
                    && !name.equals(root + ".app");
        }
    }

    private static final class HiddenInput extends DescribedPredicate<JavaAccess<?>> {
        private HiddenInput() {
            super("read a clock, randomness or the environment");
        }

        @Override
        public boolean test(JavaAccess<?> call) {
            return HIDDEN_INPUTS.entrySet().stream()
                    .anyMatch(hidden -> call.getTargetOwner().isEquivalentTo(hidden.getKey())
                            && hidden.getValue().contains(call.getName()));
        }
    }

    private static final class NullMarkedPackage extends ArchCondition<JavaClass> {
        private NullMarkedPackage() {
            super("be in a @NullMarked package");
        }

        @Override
        public void check(JavaClass type, ConditionEvents events) {
            boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
            if (!marked) {
                events.add(
                        SimpleConditionEvent.violated(type, type.getName() + " is in a package without @NullMarked"));
            }
        }
    }
}
