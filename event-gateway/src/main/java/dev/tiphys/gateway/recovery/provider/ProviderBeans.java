package dev.tiphys.gateway.recovery.provider;

import dev.tiphys.gateway.recovery.ProviderLog;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the Git servers' lists, by what a Repository calls its provider. */
final class ProviderBeans {

    @Produces
    @Singleton
    ProviderHttp http(
            Clock clock,
            @ConfigProperty(name = "tiphys.gateway.recovery.deadline", defaultValue = "10s") Duration deadline) {
        return new ProviderHttp(deadline, clock);
    }

    @Produces
    @Singleton
    @Named("github")
    ProviderLog github(ProviderHttp http) {
        return new GitHubLog(http);
    }

    @Produces
    @Singleton
    @Named("gitlab")
    ProviderLog gitlab(ProviderHttp http) {
        return new GitLabLog(http);
    }
}
