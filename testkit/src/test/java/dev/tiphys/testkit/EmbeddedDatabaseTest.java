package dev.tiphys.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class EmbeddedDatabaseTest {
    @TempDir
    Path directory;

    @Test
    void rowsSurviveARestart() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory, 0)) {
            execute(database, "CREATE TABLE t (v text)", "INSERT INTO t VALUES ('kept')");
        }

        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory, 0)) {
            assertThat(ask(database, "SELECT v FROM t")).isEqualTo("kept");
        }
    }

    @Test
    void whatIsCommittedIsOnDisk() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory, 0)) {
            assertThat(ask(database, "SHOW fsync")).isEqualTo("on");
            assertThat(ask(database, "SHOW synchronous_commit")).isEqualTo("on");
        }
    }

    @Test
    void onlyThePasswordOpensIt() {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory, 0)) {
            String url = database.jdbcUrl("shop");

            assertThatThrownBy(() -> DriverManager.getConnection(url, database.user(), "wrong"))
                    .isInstanceOf(SQLException.class);
            assertThat(directory.resolve("password"))
                    .satisfies(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void manyThreadsMayAskForOneDatabase() {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory, 0)) {
            List<String> urls = IntStream.range(0, 8)
                    .parallel()
                    .mapToObj(_ -> database.jdbcUrl("shop"))
                    .distinct()
                    .toList();

            assertThat(urls).singleElement().asString().endsWith("/shop");
            assertThatThrownBy(() -> database.jdbcUrl("no;name")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aDirectoryHasOneServerAtATime() {
        try (EmbeddedDatabase _ = EmbeddedDatabase.start(directory, 0)) {
            assertThatThrownBy(() -> EmbeddedDatabase.start(directory, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use");
        }
    }

    private static void execute(EmbeddedDatabase database, String... statements) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String ask(EmbeddedDatabase database, String query) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection connect(EmbeddedDatabase database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl("shop"), database.user(), database.password());
    }
}
