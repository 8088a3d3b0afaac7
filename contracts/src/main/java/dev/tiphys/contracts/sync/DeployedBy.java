package dev.tiphys.contracts.sync;

/**
 * The run that deploys.
 *
 * @param fence the fencing token: grows with every command for an application; a smaller one than was seen is refused
 */
public record DeployedBy(String run, String pipeline, String step, int attempt, long fence) {}
