package dev.tiphys.gateway.recovery.provider;

import dev.tiphys.gateway.recovery.ProviderLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** The real clients of Git servers, for tests. */
public final class Providers {
    private Providers() {}

    public static Map<String, ProviderLog> all(Duration deadline, InstantSource clock) {
        ProviderHttp http = new ProviderHttp(deadline, clock);
        return Map.of("github", new GitHubLog(http), "gitlab", new GitLabLog(http));
    }
}
