package dev.tiphys.standalone;

import dev.tiphys.testkit.GitHubPush;
import dev.tiphys.testkit.JenkinsResult;
import dev.tiphys.testkit.SlackMessage;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts the product with a sample shop and tells the story before a newcomer's eyes. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Start the product with a local Git server, a sample repository, a stand-in Jenkins and a stand-in"
                        + " Slack, and make one push.")
final class Demo implements Callable<Integer> {
    private static final Duration TEST_TAKES = Duration.ofSeconds(4);
    private static final String TEST_FILE = "test/expected.txt";
    private static final List<String> ENDINGS = List.of("succeeded", "failed", "stuck", "cancelled", "superseded");

    @Mixin
    private UpOptions options = new UpOptions();

    private final Map<String, String> shownBefore = new HashMap<>();
    /** What leads the other commands to this one's data. */
    private String here = "";

    private boolean toldWhatNext;

    @Override
    @SuppressWarnings("SystemOut") // the terminal is this program's interface
    public Integer call() {
        PrintStream out = System.out;
        here = options.data.equals(UpOptions.USUAL_DATA) ? "" : " --data " + options.data;
        Path directory = options.data.toAbsolutePath().normalize().resolve("demo");
        int port = LastPort.of(options.data, "git");
        try (SampleShop shop = SampleShop.open(directory, port, "30s")) {
            LastPort.remember(options.data, "git", shop.git().uri().getPort());
            script(shop);
            options.definitions.add(shop.definitions());
            if (options.secrets == null) {
                options.secrets = shop.secrets();
            }
            shop.slack().onChange(message -> show(out, shop, message));
            return Product.start(options, ready -> begin(out, shop, ready)).awaitEnd();
        }
    }

    private static void script(SampleShop shop) {
        shop.jenkins()
                .job(SampleShop.JOB)
                .runsFor(TEST_TAKES)
                .log(parameters -> "Testing the shop at " + parameters.get("REVISION") + "\n3 of 3 pages answer\n")
                .result(parameters -> expected(shop, parameters.getOrDefault("REVISION", ""))
                                .filter(text -> text.strip().equals("pass"))
                                .isPresent()
                        ? JenkinsResult.SUCCESS
                        : JenkinsResult.FAILURE);
    }

    private static Optional<String> expected(SampleShop shop, String revision) {
        return revision.isEmpty() ? Optional.empty() : shop.repository().read(revision, TEST_FILE);
    }

    private void begin(PrintStream out, SampleShop shop, Product.Ready ready) {
        URI hook = SampleShop.hook(ready.address());
        shop.git().onPush(push -> deliver(out, shop, hook, GitHubPush.of(push)));
        say(out, "");
        say(out, "The shop's repository is at " + shop.repository().url());
        say(
                out,
                "Its pipeline: deploy to experiment, test on Jenkins, deploy to dev; " + SampleShop.CHANNEL
                        + " hears of it.");
        say(out, "");
        Map<String, String> files = new HashMap<>(SampleShop.manifests("v" + (System.currentTimeMillis() / 1000)));
        files.put(TEST_FILE, "pass\n");
        String revision = shop.repository().commit("Welcome to the shop", files);
        say(out, "git push  " + revision.substring(0, 7) + " to main: GitHub would send this signed webhook now");
        deliver(out, shop, hook, GitHubPush.head(shop.repository(), "main"));
    }

    private void deliver(PrintStream out, SampleShop shop, URI hook, GitHubPush push) {
        try {
            HttpResponse<String> answer =
                    push.deliver(hook, shop.webhookSecret(), UUID.randomUUID().toString());
            say(
                    out,
                    "webhook   " + hook.getPath() + " answered " + answer.statusCode() + " " + answer.body()
                            + "; ./tiphys explain" + here + " says what that starts");
        } catch (IOException e) {
            say(out, "webhook   " + hook.getPath() + " did not answer: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(PrintStream out, SampleShop shop, SlackMessage message) {
        String shown = message.shown();
        synchronized (shownBefore) {
            if (shown.equals(shownBefore.put(message.ts(), shown))) {
                return;
            }
            String place = message.threadTs().isPresent() ? "  ↳ " : "";
            synchronized (out) {
                out.println();
                out.println("Slack " + SampleShop.CHANNEL + (message.past().isEmpty() ? "" : " (edited)"));
                shown.lines().forEach(line -> out.println("  │ " + place + line));
                out.flush();
            }
            boolean ended = message.threadTs().isEmpty() && ENDINGS.stream().anyMatch(firstLine(shown)::contains);
            if (ended && !toldWhatNext) {
                toldWhatNext = true;
                whatNext(out, shop);
            }
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private void whatNext(PrintStream out, SampleShop shop) {
        String url = shop.repository().url();
        synchronized (out) {
            out.println("""

                    That was the story. In another terminal, try:
                      ./tiphys get runs%1$s    # what ran; also: get applications, get events, describe run RUN
                      ./tiphys explain%1$s     # what the newest event started, and why
                      git clone %2$s /tmp/shop && cd /tmp/shop
                      sed -i.bak 's/version .*/version 2/' deploy/*/config.yaml && git commit -am 'Greet again' && git push
                      echo fail > %3$s && git commit -am 'Break the test' && git push
                      echo '}' >> deploy/experiment/web.yaml && git commit -am 'Break a manifest' && git push
                    """.formatted(here, url, TEST_FILE));
            out.flush();
        }
    }

    private static void say(PrintStream out, String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }
}
