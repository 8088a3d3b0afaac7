package dev.tiphys.standalone;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be chosen about a start. */
final class UpOptions {
    /** Where everything is kept if nobody says otherwise, and where the other commands look. */
    static final Path USUAL_DATA = Path.of(".tiphys");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".tiphys",
            description = "Where everything is kept (default: ${DEFAULT-VALUE}).")
    Path data = USUAL_DATA;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "Where the HTTP interface listens on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--definitions",
            paramLabel = "DIR",
            description = "A directory of definitions, read at start and on change; may be given more than once.")
    List<Path> definitions = new ArrayList<>();

    @Option(names = "--secrets", paramLabel = "DIR", description = "A directory of secrets: files NAME/KEY.")
    @Nullable
    Path secrets;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "A real cluster to deploy to; without it, the sandbox cluster.")
    @Nullable
    Path kubeconfig;

    @Option(
            names = "--context",
            paramLabel = "C",
            description = "The context in the kubeconfig (default: its current).")
    @Nullable
    String context;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "A broker to use instead of the embedded one.")
    @Nullable
    String kafka;

    @Option(
            names = "--jdbc-url",
            paramLabel = "URL",
            description = "A PostgreSQL database to use instead of the embedded one; user and password from"
                    + " TIPHYS_JDBC_USER and TIPHYS_JDBC_PASSWORD.")
    @Nullable
    String jdbcUrl;

    @Option(
            names = "--kafka-port",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Where the embedded broker listens (default: the port of the last start, at first a free one).")
    int kafkaPort;

    @Option(
            names = "--queue-port",
            paramLabel = "N",
            description = "Start an embedded queue server that speaks SQS, on this port of 127.0.0.1.")
    @Nullable
    Integer queuePort;

    @Option(
            names = "--exit-when-ready",
            hidden = true,
            description = "Stop as soon as everything is ready: the run from which the JVM learns to start fast.")
    boolean exitWhenReady;
}
