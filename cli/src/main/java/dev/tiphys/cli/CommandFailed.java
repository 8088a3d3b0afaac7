package dev.tiphys.cli;

/** Why a command ends without success; the message is for the person at the terminal. */
final class CommandFailed extends RuntimeException {
    private final int exitCode;

    private CommandFailed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** {@return the thing itself failed or was refused: exit code 1} */
    static CommandFailed refused(String message) {
        return new CommandFailed(1, message);
    }

    /** {@return the command was used wrongly: exit code 2} */
    static CommandFailed wrongUse(String message) {
        return new CommandFailed(2, message);
    }

    /** {@return nothing answers: exit code 3} */
    static CommandFailed noAnswer(String message) {
        return new CommandFailed(3, message);
    }

    int exitCode() {
        return exitCode;
    }
}
