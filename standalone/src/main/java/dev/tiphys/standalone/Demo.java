package dev.tiphys.standalone;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts the product and tells the story before a newcomer's eyes. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Start the product with a local Git server, a sample repository, a stand-in Jenkins and a stand-in"
                        + " Slack, and make one push.")
final class Demo implements Callable<Integer> {

    @Mixin
    private UpOptions options = new UpOptions();

    @Override
    public Integer call() {
        return Product.start(options, ready -> {}).awaitEnd();
    }
}
