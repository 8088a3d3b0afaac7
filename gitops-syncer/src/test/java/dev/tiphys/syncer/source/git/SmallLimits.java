package dev.tiphys.syncer.source.git;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Limits that a test reaches. */
record SmallLimits(Path directory, Optional<Path> knownHosts) implements GitConfig {
    @Override
    public Duration silence() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(20);
    }

    @Override
    public int maxEntries() {
        return 2000;
    }

    @Override
    public int maxDepth() {
        return 8;
    }

    @Override
    public int maxFiles() {
        return 100;
    }

    @Override
    public int maxFileBytes() {
        return 10_000;
    }

    @Override
    public long maxTotalBytes() {
        return 50_000;
    }

    @Override
    public int maxObjects() {
        return 500;
    }

    @Override
    public int maxPacks() {
        return 4;
    }
}
