package dev.tiphys.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

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
                .registerConverter(GetCommand.Kind.class, word(GetCommand.Kind.class))
                .registerConverter(DescribeCommand.Kind.class, word(DescribeCommand.Kind.class))
                .registerConverter(CancelCommand.Mode.class, word(CancelCommand.Mode.class))
                .registerConverter(Output.class, word(Output.class))
                .setExecutionExceptionHandler(Tiphys::explain)
                .setParameterExceptionHandler(Tiphys::misused)
                .setUsageHelpAutoWidth(true);
    }

    /** Reads constants as the small words that people write. */
    private static <E extends Enum<E>> ITypeConverter<E> word(Class<E> type) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            words.put(constant.name().toLowerCase(Locale.ROOT), constant);
        }
        return text -> {
            E constant = words.get(text.toLowerCase(Locale.ROOT));
            if (constant == null) {
                throw new TypeConversionException(
                        "expected one of " + String.join(", ", words.keySet()) + ", met " + text);
            }
            return constant;
        };
    }

    /** Says what is wrong and where help is; all options after each slip would hide the one sentence that counts. */
    private static int misused(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText("tiphys: " + e.getMessage()));
        boolean _ = UnmatchedArgumentException.printSuggestions(e, err);
        err.println("`" + command.getCommandSpec().qualifiedName() + " --help` says how it is used");
        err.flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
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
