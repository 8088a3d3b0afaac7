package dev.tiphys.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The root of all commands. */
@Command(
        name = "tiphys",
        mixinStandardHelpOptions = true,
        version = "tiphys 0.1.0",
        description = "Takes a change from git push to a healthy environment.",
        subcommands = {
            ApplyCommand.class,
            LintCommand.class,
            GetCommand.class,
            DescribeCommand.class,
            LogsCommand.class,
            StartCommand.class,
            ApproveCommand.class,
            RejectCommand.class,
            CancelCommand.class,
            RetryCommand.class,
            RedriveCommand.class,
            TailCommand.class,
            ExplainCommand.class,
            ReplayCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "  up      Start the whole product in one process (tiphys up --help).",
            "  demo    Start it with a sample shop and make one push.",
            "  test    Verify this checkout; --quick for the inner loop.",
            "",
            "Exit codes: 0 done, 1 the thing failed, 2 wrong use, 3 nothing answers."
        })
public final class Tiphys {

    private Tiphys() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commands().execute(args));
    }

    /** {@return the command line, ready to execute} */
    static CommandLine commands() {
        return new CommandLine(new Tiphys())
                .setExecutionExceptionHandler(Tiphys::explain)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true);
    }

    private static int explain(Exception e, CommandLine command, ParseResult parsed) throws Exception {
        if (!(e instanceof CommandFailed failed)) {
            throw e;
        }
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText("tiphys: " + failed.getMessage()));
        err.flush();
        return failed.exitCode();
    }
}
