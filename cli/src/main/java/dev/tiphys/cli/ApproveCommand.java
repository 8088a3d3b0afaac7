package dev.tiphys.cli;

import picocli.CommandLine.Command;

/** Let a waiting approval pass. */
@Command(name = "approve", mixinStandardHelpOptions = true, description = "Let a waiting approval pass.")
final class ApproveCommand extends ApprovalCommand {
    ApproveCommand() {
        super("approve", "approved");
    }
}
