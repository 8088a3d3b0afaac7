package dev.tiphys.syncer.source.git;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where mirrors live, and how much a repository may ask of us. */
@ConfigMapping(prefix = "tiphys.syncer.git")
interface GitConfig {

    /** The folder of the mirrors. It belongs to one process; losing it costs only fetches. */
    @WithDefault("${tiphys.data-dir:.tiphys}/mirrors")
    Path directory();

    /** OpenSSH's known_hosts for ssh; without it no ssh server is trusted. */
    Optional<Path> knownHosts();

    /** How long a server may be silent. */
    @WithDefault("PT30S")
    Duration silence();

    /** How long one fetch may take in all. */
    @WithDefault("PT5M")
    Duration patience();

    /** How many entries of folders are looked at for one application. */
    @WithDefault("50000")
    int maxEntries();

    /** How deep folders may be nested below an application's. */
    @WithDefault("50")
    int maxDepth();

    /** How many files one application may have. */
    @WithDefault("10000")
    int maxFiles();

    /** How large one file may be, in bytes. */
    @WithDefault("4194304")
    int maxFileBytes();

    /** How large all files of one application may be together, in bytes. */
    @WithDefault("67108864")
    long maxTotalBytes();

    /** How many objects one fetch may bring. */
    @WithDefault("5000000")
    int maxObjects();

    /** How many packs, of which each fetch brings one, a mirror may hold before they are made one. */
    @WithDefault("200")
    int maxPacks();
}
