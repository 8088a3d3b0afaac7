package dev.tiphys.engine.app;

import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the database answers; the definitions were read before the service began to listen. */
@Singleton
@Readiness
final class EngineReady implements HealthCheck {
    private static final int PATIENCE_SECONDS = 2;

    private final AgroalDataSource source;

    EngineReady(@DataSource("engine") AgroalDataSource source) {
        this.source = source;
    }

    @Override
    public HealthCheckResponse call() {
        try (Connection connection = source.getConnection()) {
            return HealthCheckResponse.named("engine")
                    .status(connection.isValid(PATIENCE_SECONDS))
                    .build();
        } catch (SQLException e) {
            return HealthCheckResponse.named("engine")
                    .down()
                    .withData("database", String.valueOf(e.getMessage()))
                    .build();
        }
    }
}
