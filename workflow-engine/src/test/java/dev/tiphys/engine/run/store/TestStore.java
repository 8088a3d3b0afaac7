package dev.tiphys.engine.run.store;

import dev.tiphys.engine.run.Aftermath;
import dev.tiphys.engine.run.Incarnation;
import dev.tiphys.engine.run.Leases;
import dev.tiphys.engine.run.Libraries;
import dev.tiphys.engine.run.Library;
import dev.tiphys.engine.run.RunRules;
import dev.tiphys.engine.run.RunWorld;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.testkit.EmbeddedDatabase;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real database with the engine's schema, a fresh one for each test; the server ends with the process. */
public final class TestStore {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static EmbeddedDatabase server;

    private final AgroalDataSource source;

    private TestStore(AgroalDataSource source) {
        this.source = source;
    }

    public static synchronized TestStore fresh() throws SQLException, IOException {
        if (server == null) {
            server = EmbeddedDatabase.start(Files.createTempDirectory("engine-store"), 0)
                    .closeWithProcess();
        }
        String url = server.jdbcUrl("store_" + COUNT.incrementAndGet());
        AgroalDataSource source = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(20)
                        .exceptionSorter(new PostgreSQLExceptionSorter())
                        .connectionFactoryConfiguration(factory -> factory.jdbcUrl(url)
                                .principal(new NamePrincipal(server.user()))
                                .credential(new SimplePassword(server.password())))));
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema engine");
            for (String migration : List.of("V1__runs.sql", "V2__retention.sql", "V3__state.sql")) {
                try (InputStream sql = TestStore.class.getResourceAsStream("/db/engine/" + migration)) {
                    statement.execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return new TestStore(source);
    }

    public AgroalDataSource source() {
        return source;
    }

    /** One process of the engine on this database. */
    PostgresRuns runs(Incarnation incarnation, List<Aftermath> aftermath) {
        return runs(incarnation, aftermath, 4);
    }

    PostgresRuns runs(Incarnation incarnation, List<Aftermath> aftermath, int lanes) {
        return runs(rules(), incarnation, aftermath, lanes);
    }

    PostgresRuns runs(RunRules rules, int lanes) {
        return runs(rules, new Incarnation("one", "1"), List.of(), lanes);
    }

    private PostgresRuns runs(RunRules rules, Incarnation incarnation, List<Aftermath> aftermath, int lanes) {
        return new PostgresRuns(
                source,
                rules,
                new NoDefinitions(),
                Clock.systemUTC(),
                incarnation.owner(),
                lanes,
                () -> aftermath,
                LaneMetrics.NONE);
    }

    private static final class NoDefinitions implements Libraries {
        @Override
        public Library now() {
            return RunWorld.library(List.of());
        }

        @Override
        public Library atLeast(@Nullable Long version, Duration patience) {
            return now();
        }
    }

    private static RunRules rules() {
        return new RunRules(new RunWorld.SimpleExpressions());
    }

    /** The door to the runs of one process, for tests of other packages. */
    public Runs door(Incarnation incarnation, List<Aftermath> aftermath) {
        return runs(incarnation, aftermath);
    }

    /** The leases of this database, for tests of other packages. */
    public Leases leaseBook() {
        return leases();
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    PostgresLeases leases() {
        return new PostgresLeases((javax.sql.DataSource) source);
    }

    public long count(String query) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
