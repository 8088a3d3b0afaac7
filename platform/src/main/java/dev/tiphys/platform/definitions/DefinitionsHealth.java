package dev.tiphys.platform.definitions;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once all definitions were read. A broker that goes away later leaves the service with those that it has. */
@Readiness
@Singleton
final class DefinitionsHealth implements HealthCheck {
    private final DefinitionsReader reader;

    DefinitionsHealth(DefinitionsReader reader) {
        this.reader = reader;
    }

    @Override
    public HealthCheckResponse call() {
        DefinitionsSnapshot current = reader.current();
        return HealthCheckResponse.named("definitions")
                .status(reader.isFollowing())
                .withData("count", current.stored().size())
                .withData("offset", current.offset())
                .build();
    }
}
