package dev.tiphys.cli;

import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command prints. */
record Terminal(PrintWriter out, PrintWriter err) {

    static Terminal of(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls a command");
        }
        return new Terminal(spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    void print(String line) {
        out.println(line);
        out.flush();
    }

    void print(List<String> lines) {
        lines.forEach(out::println);
        out.flush();
    }

    void warn(String line) {
        err.println(line);
        err.flush();
    }
}
