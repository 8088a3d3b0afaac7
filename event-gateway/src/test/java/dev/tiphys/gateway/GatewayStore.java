package dev.tiphys.gateway;

import dev.tiphys.testkit.EmbeddedDatabase;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** A real database with the gateway's schema, a fresh one for each test; the server can go away and come back. */
public final class GatewayStore implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static EmbeddedDatabase server;
    private static Path directory;

    private final AgroalDataSource source;

    private GatewayStore(AgroalDataSource source) {
        this.source = source;
    }

    public static synchronized GatewayStore fresh() throws SQLException, IOException {
        if (server == null) {
            directory = Files.createTempDirectory("gateway-store");
            server = EmbeddedDatabase.start(directory, 0).closeWithProcess();
        }
        String url = server.jdbcUrl("store_" + COUNT.incrementAndGet());
        AgroalDataSource source = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(10)
                        .acquisitionTimeout(Duration.ofSeconds(2))
                        .validateOnBorrow(true)
                        .connectionValidator(AgroalConnectionPoolConfiguration.ConnectionValidator.defaultValidator())
                        .connectionFactoryConfiguration(factory -> factory.jdbcUrl(url)
                                .principal(new NamePrincipal(server.user()))
                                .credential(new SimplePassword(server.password())))));
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema gateway");
            statement.execute("set search_path to gateway");
            for (String script :
                    List.of("V1__ledger.sql", "V2__parked.sql", "V4__recovery.sql", "V5__recovery_unread.sql")) {
                try (InputStream sql = GatewayStore.class.getResourceAsStream("/db/gateway/" + script)) {
                    statement.execute(
                            new String(Objects.requireNonNull(sql, script).readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            statement.execute("reset search_path");
        }
        return new GatewayStore(source);
    }

    public AgroalDataSource source() {
        return source;
    }

    public static void stop() {
        server.close();
    }

    public static void start() {
        server = EmbeddedDatabase.start(directory, server.port()).closeWithProcess();
    }

    public long count(String query) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
