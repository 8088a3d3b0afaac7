package dev.tiphys.standalone;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts the whole product and runs until it is told to stop. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Start the whole product in one process, with embedded broker, database and sandbox cluster.")
final class Up implements Callable<Integer> {

    @Mixin
    private UpOptions options = new UpOptions();

    @Override
    public Integer call() {
        return Product.start(options, ready -> {}).awaitEnd();
    }
}
