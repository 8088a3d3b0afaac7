package dev.tiphys.cli;

import picocli.CommandLine.Command;

/** Refuse a waiting approval. */
@Command(name = "reject", mixinStandardHelpOptions = true, description = "Refuse a waiting approval.")
final class RejectCommand extends ApprovalCommand {
    RejectCommand() {
        super("reject", "rejected");
    }
}
