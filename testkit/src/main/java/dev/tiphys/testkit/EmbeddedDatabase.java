package dev.tiphys.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL server as a child of this process, on 127.0.0.1. What was committed survives {@link #close}, a
 * kill -9 of this process, and a loss of power ({@code fsync} and {@code synchronous_commit} are on).
 *
 * <p>The server outlives a killed parent. The next start on the same directory ends it, by the process id that
 * it left there and only if that process works in this directory, and continues with its data.
 *
 * <p>Its superuser has a random password, kept with mode 0600 in the directory: a server without one would let every
 * user of the machine run programs as its owner. The server writes its log to {@code postgres.log} in the directory.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final String USER = "tiphys";
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final long LOG_LIMIT = 8L << 20;
    private static final String DUPLICATE_DATABASE = "42P04";

    private final PostgresPrograms programs;
    private final Path cluster;
    private final DirectoryLock lock;
    private final int port;
    private final String password;
    private final Set<String> known = new HashSet<>();
    private boolean closed;

    private EmbeddedDatabase(PostgresPrograms programs, Path cluster, DirectoryLock lock, int port, String password) {
        this.programs = programs;
        this.cluster = cluster;
        this.lock = lock;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts a server; returns when it takes connections. The first start on a machine unpacks PostgreSQL's programs
     * into the user's cache, which takes some seconds; the first start in a directory initialises it.
     *
     * @param directory where its data lives; created when absent, continued when it holds a database
     * @param port where it listens, 0 for a free port
     * @throws IllegalStateException if the directory or the port is in use, or the server does not start; the message
     *     says which, and ends with the server's own words
     */
    public static EmbeddedDatabase start(Path directory, int port) {
        Path home = directory.toAbsolutePath().normalize();
        DirectoryLock lock = DirectoryLock.take(home, "database");
        try {
            PostgresPrograms programs = new PostgresPrograms(PostgresBinaries.unpacked());
            Path cluster = home.resolve("data");
            new PostgresOrphan(programs, cluster).end();
            int listening = Ports.orFree(port, "database");
            String password = password(home);
            initialise(programs, cluster, home.resolve("password"));
            launch(programs, cluster, home.resolve("postgres.log"), listening);
            return new EmbeddedDatabase(programs, cluster, lock, listening, password);
        } catch (IOException e) {
            lock.close();
            throw new UncheckedIOException("database directory " + home + " cannot be used", e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * The URL of a database of this server, without user and password. The database is created when it is not there.
     *
     * @param database a name of lower-case letters, digits and underscores
     */
    public String jdbcUrl(String database) {
        if (!database.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("database name " + database
                    + " must be lower-case letters, digits and underscores, and begin with a letter");
        }
        synchronized (known) {
            if (!known.contains(database)) {
                create(database);
                known.add(database);
            }
        }
        return url(database);
    }

    /** The name of the server's superuser. */
    public String user() {
        return USER;
    }

    /** The password of {@link #user}: the same for the life of the directory, and worth keeping from logs. */
    public String password() {
        return password;
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /**
     * Closes the server when this process ends in order, for tests that share one server. A program that has clients to
     * stop first calls {@link #close} itself.
     */
    public EmbeddedDatabase closeWithProcess() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "close-database"));
        return this;
    }

    /** Ends all sessions and stops the server; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!stop("fast").isGood() && Files.exists(cluster.resolve("postmaster.pid"))) {
                PostgresPrograms.Outcome last = stop("immediate");
                if (!last.isGood()) {
                    throw new IllegalStateException("database in " + cluster + " did not stop: " + last.said());
                }
            }
        } finally {
            lock.close();
        }
    }

    private PostgresPrograms.Outcome stop(String mode) {
        return programs.run(
                STOP.plusSeconds(5),
                "pg_ctl",
                List.of("stop", "-w", "-t", "" + STOP.toSeconds(), "-m", mode, "-D", cluster.toString()));
    }

    private static String password(Path home) throws IOException {
        Path file = home.resolve("password");
        if (Files.exists(file)) {
            return Files.readString(file).strip();
        }
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, password, StandardOpenOption.TRUNCATE_EXISTING);
        return password;
    }

    private static void initialise(PostgresPrograms programs, Path cluster, Path password) throws IOException {
        if (Files.exists(cluster.resolve("PG_VERSION"))) {
            return;
        }
        Path half = cluster.resolveSibling("data.half");
        Directories.delete(half);
        PostgresPrograms.Outcome outcome = programs.run(
                START,
                "initdb",
                List.of(
                        "-D",
                        half.toString(),
                        "-U",
                        USER,
                        "-A",
                        "scram-sha-256",
                        "--pwfile=" + password,
                        "--encoding=UTF8",
                        // Needs no locale of the machine, and is the same on each.
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8"));
        if (!outcome.isGood()) {
            throw new IllegalStateException("database directory " + cluster + " cannot be made: " + outcome.said());
        }
        Files.move(half, cluster);
    }

    private static void launch(PostgresPrograms programs, Path cluster, Path log, int port) throws IOException {
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
            Files.delete(log);
        }
        PostgresPrograms.Outcome outcome = programs.run(
                START.plusSeconds(5),
                "pg_ctl",
                List.of(
                        "start",
                        "-w",
                        "-t",
                        "" + START.toSeconds(),
                        "-D",
                        cluster.toString(),
                        "-l",
                        log.toString(),
                        "-o",
                        String.join(" ", options(port))));
        if (!outcome.isGood()) {
            throw new IllegalStateException("database in " + cluster + " did not start: " + outcome.said() + "; "
                    + lastLines(log).orElse("it wrote no log"));
        }
    }

    private static List<String> options(int port) {
        return List.of(
                "-p " + port,
                "-c listen_addresses=127.0.0.1",
                "-c unix_socket_directories=",
                "-c fsync=on",
                "-c synchronous_commit=on",
                "-c max_connections=200",
                "-c shared_buffers=64MB",
                "-c max_wal_size=512MB",
                "-c timezone=UTC",
                "-c log_checkpoints=off");
    }

    private static Optional<String> lastLines(Path log) throws IOException {
        if (!Files.exists(log)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return Optional.of(String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
    }

    private void create(String database) {
        try (Connection connection = connect()) {
            if (!exists(connection, database)) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("CREATE DATABASE " + database);
                }
            }
        } catch (SQLException e) {
            if (!DUPLICATE_DATABASE.equals(e.getSQLState())) {
                throw new IllegalStateException("database " + database + " cannot be created: " + e.getMessage(), e);
            }
        }
    }

    private static boolean exists(Connection connection, String database) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
            statement.setString(1, database);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private Connection connect() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url("postgres"));
        source.setUser(USER);
        source.setPassword(password);
        return source.getConnection();
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }
}
