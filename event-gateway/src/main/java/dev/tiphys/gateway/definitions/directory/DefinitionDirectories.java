package dev.tiphys.gateway.definitions.directory;

import dev.tiphys.contracts.definition.DefinitionReader;
import dev.tiphys.contracts.definition.DefinitionReader.Reading;
import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.gateway.definitions.DefinitionChange;
import dev.tiphys.gateway.definitions.DefinitionDesk;
import dev.tiphys.gateway.definitions.DefinitionPlan.Outcome;
import dev.tiphys.gateway.definitions.DefinitionStore.StoreUnavailable;
import dev.tiphys.gateway.definitions.FileSet;
import dev.tiphys.gateway.definitions.Problems;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the definitions of directories applied: at the start and whenever a file changes. A directory is a set: what was
 * applied from it and is not in it any more is deleted. A file that is wrong is reported and the others are applied; while
 * one is wrong nothing is deleted, because nobody knows what it was to hold.
 */
@Singleton
final class DefinitionDirectories {
    /** After the definitions on the log are read. */
    private static final int AFTER_DEFINITIONS = 500;

    /** An editor or a checkout writes several files: this long after the last change they are read. */
    private static final Duration QUIET = Duration.ofMillis(150);

    private static final Duration AGAIN = Duration.ofSeconds(2);

    /** The start waits so long for the first reading; one that takes longer goes on by itself. */
    private static final Duration FIRST_READING = Duration.ofSeconds(10);

    private static final Logger log = Logger.getLogger(DefinitionDirectories.class);

    private final List<Path> directories;
    private final DefinitionDesk desk;
    private final Problems problems;
    private final CountDownLatch firstRead = new CountDownLatch(1);
    private @Nullable WatchService watch;

    DefinitionDirectories(
            @ConfigProperty(name = "tiphys.gateway.definitions-dirs") Optional<List<Path>> directories,
            DefinitionDesk desk,
            Problems problems) {
        this.directories = directories.orElse(List.of()).stream()
                .map(path -> path.toAbsolutePath().normalize())
                .toList();
        this.desk = desk;
        this.problems = problems;
    }

    /** Returns once the directories were read: whoever finds the service ready finds their endpoints. */
    void start(@Observes @Priority(AFTER_DEFINITIONS) StartupEvent event) throws IOException, InterruptedException {
        if (directories.isEmpty()) {
            return;
        }
        WatchService opened = directories.getFirst().getFileSystem().newWatchService();
        watch = opened;
        Thread.ofVirtual().name("definition-directories").start(() -> follow(opened));
        if (!firstRead.await(FIRST_READING.toMillis(), TimeUnit.MILLISECONDS)) {
            log.warnf("the directories of definitions are not read after %d s", FIRST_READING.toSeconds());
        }
    }

    @PreDestroy
    void stop() throws IOException {
        WatchService opened = watch;
        if (opened != null) {
            opened.close();
        }
    }

    private void follow(WatchService opened) {
        try {
            boolean settled = applyAll(opened);
            firstRead.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                WatchKey key = settled ? opened.take() : opened.poll(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                while (key != null) {
                    key.pollEvents();
                    key.reset();
                    key = opened.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
                }
                settled = applyAll(opened);
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            log.debug("the directories of definitions are not followed any more");
        }
    }

    /** {@return whether nothing has to be tried again by itself} */
    private boolean applyAll(WatchService opened) throws InterruptedException {
        boolean settled = true;
        for (Path directory : directories) {
            try {
                watchTree(opened, directory);
                apply(directory);
            } catch (IOException | UncheckedIOException | StoreUnavailable e) {
                settled = false;
                report(directory, List.of(error(directory, "cannot be applied at the moment: " + e.getMessage())));
            } catch (ClosedWatchServiceException e) {
                throw e;
            } catch (RuntimeException e) {
                log.errorf(e, "the definitions of %s could not be applied", directory);
                report(directory, List.of(error(directory, "cannot be applied; the log of the service says why")));
            }
        }
        return settled;
    }

    private void apply(Path directory) throws IOException, InterruptedException {
        Map<String, Reading> readings = new TreeMap<>();
        List<Finding> findings = new ArrayList<>();
        for (Path file : files(directory)) {
            Reading reading = read(file);
            findings.addAll(reading.findings());
            if (reading.acceptable()) {
                readings.put(file.toString(), reading);
            }
        }
        boolean whole = findings.stream().noneMatch(DefinitionDirectories::isError);
        Outcome outcome = apply(directory, readings, whole);
        // Each refusal takes at least one file away, so this ends.
        while (outcome instanceof Outcome.Refused(List<Finding> refused)) {
            added(findings, refused);
            if (!readings.keySet().removeAll(wrongFiles(refused))) {
                break;
            }
            outcome = apply(directory, readings, /* whole= */ false);
        }
        if (outcome instanceof Outcome.Possible(DefinitionChange change)) {
            added(findings, change.warnings());
        }
        report(directory, findings);
    }

    private Outcome apply(Path directory, Map<String, Reading> readings, boolean whole) throws InterruptedException {
        Outcome outcome =
                desk.apply(List.copyOf(readings.values()), new FileSet("directory:" + directory, whole), "gateway");
        if (outcome instanceof Outcome.Possible(DefinitionChange change) && !change.isEmpty()) {
            log.infof(
                    "definitions of %s: %d created, %d updated, %d deleted",
                    directory,
                    change.created().size(),
                    change.updated().size(),
                    change.deleted().size());
        }
        return outcome;
    }

    private static Set<String> wrongFiles(List<Finding> findings) {
        return findings.stream()
                .filter(DefinitionDirectories::isError)
                .flatMap(finding -> Stream.ofNullable(finding.file()))
                .collect(Collectors.toSet());
    }

    private static void added(List<Finding> findings, List<Finding> more) {
        more.stream().filter(finding -> !findings.contains(finding)).forEach(findings::add);
    }

    /** What stays wrong is said once. */
    private void report(Path directory, List<Finding> findings) {
        List<Finding> said = problems.report(directory.toString(), findings);
        for (Finding finding : findings) {
            if (!said.contains(finding)) {
                log.logf(isError(finding) ? Level.ERROR : Level.WARN, "definitions: %s", finding.text());
            }
        }
    }

    private static boolean isError(Finding finding) {
        return finding.severity() == Finding.Severity.ERROR;
    }

    private static Finding error(Path file, String message) {
        return new Finding(Finding.Severity.ERROR, file.toString(), 0, 0, "", message);
    }

    private static Reading read(Path file) throws IOException {
        try {
            return DefinitionReader.read(file.toString(), Files.readString(file));
        } catch (MalformedInputException e) {
            return new Reading(List.of(), List.of(error(file, "the file is not UTF-8 text")));
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> !isHidden(directory, file))
                    .filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    /** A mounted ConfigMap has hidden twins of its files beside them. */
    private static boolean isHidden(Path directory, Path file) {
        for (Path part : directory.relativize(file)) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static void watchTree(WatchService opened, Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            for (Path part : tree.filter(Files::isDirectory)
                    .filter(part -> !isHidden(directory, part))
                    .toList()) {
                part.register(
                        opened,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            }
        }
    }
}
