package dev.tiphys.syncer.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How the syncer works. */
@ConfigMapping(prefix = "tiphys.syncer.repositories")
interface SyncerConfig {

    /** {@return how often an application asks for news that no push told of, plus up to half of that} */
    @WithDefault("3m")
    Duration refreshInterval();
}
