package dev.tiphys.gateway.queue.sqs;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.contracts.definition.Queue;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.contracts.event.ExternalEvent;
import dev.tiphys.gateway.queue.Pace;
import dev.tiphys.gateway.queue.Parked;
import dev.tiphys.gateway.queue.QueueWatch;
import dev.tiphys.gateway.queue.QueueWatch.State;
import dev.tiphys.gateway.queue.Subscription;
import dev.tiphys.gateway.queue.World;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.Secrets;
import dev.tiphys.queueserver.EmbeddedQueue;
import dev.tiphys.testkit.Promise;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** Queues are read from a real server through the AWS SDK, with the faults that SQS has. */
@Tag("real")
class SqsReaderTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Secrets SECRETS = ref -> ref.name().equals("aws")
            ? Optional.of(new Secret(ref, "any".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
            : Optional.empty();

    @TempDir
    static Path directory;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static EmbeddedQueue server;
    private static SqsClient client;

    private final World world = new World();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final String name = "orders" + NUMBER.incrementAndGet();

    @BeforeAll
    static void start() {
        server = EmbeddedQueue.start(directory, 0);
        client = SqsClient.builder()
                .endpointOverride(server.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    private static SqsPolicy policy(int visibility, int poll) {
        return new SqsPolicy(
                Duration.ofSeconds(poll),
                Duration.ofSeconds(visibility),
                Duration.ofSeconds(visibility).dividedBy(2),
                50,
                new Pace(Duration.ofMillis(200), Duration.ofSeconds(1)),
                new Pace(Duration.ofSeconds(1), Duration.ofSeconds(1)),
                new Pace(Duration.ofMillis(100), Duration.ofSeconds(1)),
                Duration.ofMillis(1_500));
    }

    private QueueWatch read(Subscription queue, SqsPolicy policy) {
        Queue.Transport.Sqs sqs = (Queue.Transport.Sqs) queue.transport();
        QueueWatch watch = world.watches.over(queue);
        open.add(new SqsReader(
                queue,
                sqs.fifo(),
                new SqsQueue(sqs, SECRETS, Clock.systemUTC(), policy.poll()),
                world.desk,
                watch,
                policy,
                Clock.systemUTC()));
        return watch;
    }

    private QueueWatch read(String queue, URI endpoint, @Nullable String key, int maxReceives) {
        return read(World.sqs(queue, endpoint.toString(), key, maxReceives), policy(10, 1));
    }

    private static String url(String queue) {
        return client.getQueueUrl(request -> request.queueName(queue)).queueUrl();
    }

    private static void send(String queue, List<String> bodies, @Nullable String group) {
        String url = url(queue);
        for (int from = 0; from < bodies.size(); from += 10) {
            List<SendMessageBatchRequestEntry> entries = IntStream.range(from, Math.min(from + 10, bodies.size()))
                    .mapToObj(i -> SendMessageBatchRequestEntry.builder()
                            .id("e" + i)
                            .messageBody(bodies.get(i))
                            .messageGroupId(group)
                            .messageDeduplicationId(group == null ? null : group + "-" + i)
                            .build())
                    .toList();
            assertThat(client.sendMessageBatch(request -> request.queueUrl(url).entries(entries))
                            .failed())
                    .isEmpty();
        }
    }

    private static int left(String queue) {
        String url = url(queue);
        Map<QueueAttributeName, String> attributes = client.getQueueAttributes(request -> request.queueUrl(url)
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED))
                .attributes();
        return attributes.values().stream().mapToInt(Integer::parseInt).sum();
    }

    private void awaitEmpty(String queue) {
        await().atMost(SOON).until(() -> left(queue) == 0);
    }

    private static List<String> orders(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "{\"order\": " + i + "}").toList();
    }

    @Test
    void becomeOneEventForEachBusinessKeyHoweverOftenAndInWhateverOrderMessagesCome() throws IOException {
        FaultyFront front = new FaultyFront(server.endpoint(), new FaultyFront.Faults(20, 3, 42));
        open.add(front);
        send(name, orders(0, 60), null);
        send(name, orders(0, 60), null);

        read(name, front.address(), "${{ message.body.order }}", 3);

        awaitEmpty(name);
        assertThat(world.events())
                .extracting(ExternalEvent::delivery)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 60).mapToObj(Integer::toString).toList());
        assertThat(world.lot.list(null, null, 10)).isEmpty();
        assertThat(front.undone).isNotEmpty();
        // Two messages for each key, three deliveries for each message: what was left undone was not left for good.
        assertThat(front.received.values()).allMatch(times -> times == 6);
    }

    @Test
    void waitWhileTheLogIsAwayWithoutBeingCountedAndNoneIsLostOrParked() throws IOException {
        FaultyFront front = new FaultyFront(server.endpoint(), new FaultyFront.Faults(0, 1, 1));
        open.add(front);
        world.away();
        send(name, orders(0, 30), null);

        QueueWatch watch = read(name, front.address(), "message.body.order", 1);

        await().atMost(SOON).until(() -> watch.status().state() == State.WAITING);
        assertThat(watch.status().reason()).contains("the broker is away");
        // The others are given back, and nothing is read any more: how long the log is away makes no difference.
        await().atMost(SOON).until(() -> watch.status().inFlight() <= 1);
        int before =
                front.received.values().stream().mapToInt(Integer::intValue).sum();
        await().during(Duration.ofSeconds(3))
                .atMost(SOON)
                .until(() -> front.received.values().stream()
                                .mapToInt(Integer::intValue)
                                .sum()
                        == before);

        world.back();

        awaitEmpty(name);
        assertThat(world.events())
                .extracting(ExternalEvent::delivery)
                .doesNotHaveDuplicates()
                .hasSize(30);
        assertThat(world.lot.list(null, null, 10)).isEmpty();
        await().atMost(SOON).until(() -> watch.status().state() == State.RUNNING);
    }

    @Test
    void areNotParkedForReceiptsThatWereTheLogsFault() {
        world.away();
        send(name, orders(0, 20), null);
        QueueWatch watch = read(name, server.endpoint(), "message.body.order", 2);
        await().atMost(SOON)
                .until(() -> watch.status().state() == State.WAITING
                        && watch.status().inFlight() <= 1);
        Set<String> refused = ConcurrentHashMap.newKeySet();

        // Each is refused once: with the receipt before, that would make two.
        world.before = events -> {
            if (refused.add(events.getFirst().event().id())) {
                throw World.refused();
            }
            return events;
        };

        awaitEmpty(name);
        assertThat(world.events()).hasSize(20);
        assertThat(world.lot.list(null, null, 10)).isEmpty();
    }

    @Test
    void areParkedWithTheReasonWhenTheyCannotBecomeEventsAndTheOthersGoOn() {
        send(name, List.of("{\"order\": 1}", "no order", "{\"order\": 2}"), null);

        QueueWatch watch = read(name, server.endpoint(), "${{ message.body.order }}", 3);

        awaitEmpty(name);
        Parked.Listed parked = world.lot.list("orders", null, 10).getFirst();
        assertThat(parked.reason()).contains("deduplicateBy cannot be resolved");
        assertThat(parked.receives()).isEqualTo(3);
        assertThat(world.events()).extracting(ExternalEvent::delivery).containsExactlyInAnyOrder("1", "2");
        assertThat(watch.status().counts()).containsEntry("parked", 1L).containsEntry("accepted", 2L);
    }

    @Test
    void goOnWhileAPoisonousOneCannotBeParkedAndIsParkedUncountedWhenItCan() {
        world.lot.away(true);
        send(name, List.of("no order"), null);
        QueueWatch watch = read(name, server.endpoint(), "${{ message.body.order }}", 1);
        await().atMost(SOON).until(() -> watch.status().counts().get("givenBack") >= 2);

        send(name, orders(0, 20), null);

        await().atMost(SOON).until(() -> world.log.size() == 20);
        assertThat(watch.status().state()).isEqualTo(State.RUNNING);
        assertThat(watch.status().reason()).contains("cannot be parked").contains("the database is away");

        world.lot.away(false);

        awaitEmpty(name);
        assertThat(world.lot.list("orders", null, 10))
                .singleElement()
                .satisfies(parked -> assertThat(parked.receives()).isEqualTo(1));
        assertThat(watch.status().reason()).isNull();
    }

    @Test
    void doNotOvertakeOneOfTheirGroupThatCannotBeParked() {
        world.lot.away(true);
        String fifo = name + ".fifo";
        send(fifo, List.of("poison", "{\"order\": 1}", "{\"order\": 2}"), "a");
        send(fifo, orders(100, 103), "b");

        QueueWatch watch = read(fifo, server.endpoint(), "${{ message.body.order }}", 1);

        await().atMost(SOON)
                .until(() -> world.log.size() == 3 && watch.status().counts().get("givenBack") >= 2);
        assertThat(world.events()).extracting(ExternalEvent::delivery).containsExactly("100", "101", "102");

        world.lot.away(false);

        awaitEmpty(fifo);
        assertThat(world.events()).extracting(ExternalEvent::delivery).endsWith("1", "2");
        assertThat(world.lot.list("orders", null, 10)).hasSize(1);
    }

    @Test
    void keepTheOrderOfTheirGroupUnderFailures() throws IOException {
        FaultyFront front = new FaultyFront(server.endpoint(), new FaultyFront.Faults(20, 1, 7));
        open.add(front);
        AtomicInteger tries = new AtomicInteger();
        world.before = events -> {
            if (tries.incrementAndGet() % 5 == 0) {
                throw World.unavailable();
            }
            return events;
        };
        String fifo = name + ".fifo";
        List<String> withPoison = new ArrayList<>(orders(0, 12));
        withPoison.add(4, "poison");
        send(fifo, withPoison, "a");
        send(fifo, orders(100, 112), "b");

        read(fifo, front.address(), "${{ message.body.order }}", 2);

        awaitEmpty(fifo);
        Map<String, List<Integer>> byGroup = world.log.stream()
                .collect(groupingBy(
                        outgoing -> outgoing.topicKey(),
                        mapping(
                                outgoing ->
                                        Integer.valueOf(outgoing.event().data().delivery()),
                                toList())));
        assertThat(byGroup.get("orders/a"))
                .isEqualTo(IntStream.range(0, 12).boxed().toList());
        assertThat(byGroup.get("orders/b"))
                .isEqualTo(IntStream.range(100, 112).boxed().toList());
        assertThat(world.lot.list(null, null, 10))
                .singleElement()
                .satisfies(parked -> assertThat(parked.group()).isEqualTo("a"));
    }

    @Test
    void stayWithTheirReceiverForAsLongAsTheyAreUnderWay() throws IOException {
        FaultyFront front = new FaultyFront(server.endpoint(), new FaultyFront.Faults(0, 1, 1));
        open.add(front);
        world.before = events -> {
            try {
                // Three times as long as the message would stay by itself.
                TimeUnit.SECONDS.sleep(6);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return events;
        };
        send(name, orders(0, 1), null);

        read(World.sqs(name, front.address().toString(), null, 3), policy(2, 1));

        awaitEmpty(name);
        assertThat(world.events()).hasSize(1);
        assertThat(front.received.values()).containsExactly(1);
    }

    @Test
    void comeAgainByThemselvesWhenGivingThemBackWasLeftUndone() throws IOException {
        FaultyFront front = new FaultyFront(server.endpoint(), new FaultyFront.Faults(0, 1, 1));
        open.add(front);
        front.ungranted.set(1);
        send(name, List.of("no order"), null);

        read(World.sqs(name, front.address().toString(), "${{ message.body.order }}", 2), policy(2, 1));

        awaitEmpty(name);
        assertThat(front.ungranted).hasValue(0);
        assertThat(front.received.values()).containsExactly(2);
        assertThat(world.lot.list("orders", null, 10)).hasSize(1);
    }

    @Test
    void areToldApartWhenOnlySomeWishesOfABatchAreGranted() throws IOException {
        FaultyFront front = new FaultyFront(server.endpoint(), new FaultyFront.Faults(0, 1, 1));
        open.add(front);
        send(name, orders(0, 2), null);
        Subscription subscription = World.sqs(name, front.address().toString(), null, 3);
        SqsQueue queue = new SqsQueue(
                (Queue.Transport.Sqs) subscription.transport(), SECRETS, Clock.systemUTC(), Duration.ofSeconds(1));
        open.add(queue);
        List<String> receipts = new ArrayList<>();
        await().atMost(SOON).until(() -> {
            queue.receive(10, Duration.ofSeconds(60), Duration.ZERO)
                    .forEach(message -> receipts.add(message.receiptHandle()));
            return receipts.size() == 2;
        });
        front.ungranted.set(1);

        List<SqsQueue.Refused> refused = queue.extend(receipts.stream()
                .map(receipt -> new SqsQueue.Extension(receipt, Duration.ofSeconds(30)))
                .toList());

        assertThat(refused).containsExactly(new SqsQueue.Refused(receipts.getFirst(), "InternalError: try again"));
        assertThat(front.granted).containsExactly(30);
    }

    @Test
    void areNotKeptByAHeartbeatThatWasOnItsWayWhenTheyWereGivenBack() throws IOException {
        FaultyFront front = new FaultyFront(server.endpoint(), new FaultyFront.Faults(0, 1, 1));
        open.add(front);
        CountDownLatch beats = new CountDownLatch(1);
        CountDownLatch givenBack = new CountDownLatch(1);
        int kept = 60;
        front.beforeChange = seconds -> {
            if (seconds == kept) {
                beats.countDown();
                // A heartbeat that is slow: what is given back meanwhile would overtake it.
                arrives(givenBack, Duration.ofSeconds(2));
            }
        };
        front.afterChange = seconds -> {
            if (seconds != kept) {
                givenBack.countDown();
            }
        };
        world.before = _ -> {
            arrives(beats, SOON);
            throw World.refused();
        };
        send(name, orders(0, 1), null);
        SqsPolicy usual = policy(kept, 1);

        read(
                World.sqs(name, front.address().toString(), null, 9),
                new SqsPolicy(
                        usual.poll(),
                        usual.visibility(),
                        Duration.ofMillis(200),
                        usual.inFlight(),
                        usual.again(),
                        usual.retry(),
                        usual.probe(),
                        usual.closing()));

        await().atMost(SOON).until(() -> front.granted.contains(kept) && givenBack.getCount() == 0);
        await().atMost(SOON).until(() -> front.received.values().stream().allMatch(times -> times >= 2));
    }

    private static void arrives(CountDownLatch latch, Duration patience) {
        try {
            boolean _ = latch.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void saysWhyAQueueCannotBeReadAndReadsTheOthersMeanwhile() throws IOException {
        int nobody;
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        send(name, orders(0, 1), null);

        QueueWatch away = read(name, URI.create("http://127.0.0.1:" + nobody), null, 3);
        QueueWatch poor = read(
                new Subscription(
                        "poor",
                        null,
                        new Queue.Transport.Sqs(
                                name, "us-east-1", server.endpoint().toString(), "missing"),
                        null,
                        3,
                        null),
                policy(10, 1));
        QueueWatch well = read(name, server.endpoint(), null, 3);

        await().atMost(SOON)
                .until(() -> away.status().state() == State.FAILING
                        && poor.status().state() == State.FAILING
                        && well.status().counts().get("accepted") == 1);
        assertThat(away.status().reason()).contains("http://127.0.0.1:" + nobody + " cannot be reached");
        assertThat(poor.status().reason()).contains("cannot be asked: secret missing has no key accessKeyId");
        assertThat(well.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void areReadSoonAfterTheyCouldNotBeHoweverSlowlyMessagesAreTriedAgain() {
        AtomicReference<Secrets> secrets = new AtomicReference<>(_ -> Optional.empty());
        Subscription queue = World.sqs(name, server.endpoint().toString(), null, 3);
        Queue.Transport.Sqs sqs = (Queue.Transport.Sqs) queue.transport();
        SqsPolicy usual = policy(10, 1);
        SqsPolicy slow = new SqsPolicy(
                usual.poll(),
                usual.visibility(),
                usual.heartbeat(),
                usual.inFlight(),
                usual.again(),
                new Pace(Duration.ofHours(1), Duration.ofHours(1)),
                usual.probe(),
                usual.closing());
        QueueWatch watch = world.watches.over(queue);
        open.add(new SqsReader(
                queue,
                false,
                new SqsQueue(sqs, ref -> secrets.get().find(ref), Clock.systemUTC(), slow.poll()),
                world.desk,
                watch,
                slow,
                Clock.systemUTC()));
        await().atMost(SOON).until(() -> watch.status().state() == State.FAILING);

        secrets.set(SECRETS);

        await().atMost(SOON).until(() -> watch.status().state() == State.RUNNING);
    }

    @Test
    void areReadWithKeysThatStandInSecretsOfTheirOwn() {
        Queue.Transport.Sqs sqs = new Queue.Transport.Sqs(
                name,
                "us-east-1",
                server.endpoint().toString(),
                null,
                new Queue.SqsKeys(new SecretRef("aws", "access"), new SecretRef("aws", "secret"), null));
        send(name, orders(0, 1), null);

        QueueWatch watch = read(new Subscription("orders", null, sqs, null, 3, null), policy(10, 1));

        await().atMost(SOON).until(() -> watch.status().counts().get("accepted") == 1);
    }

    @Test
    void endsInTheMiddleOfALongPoll() throws Exception {
        Promise.within(Duration.ofSeconds(3), () -> {
            QueueWatch watch = read(World.sqs(name, server.endpoint().toString(), null, 3), policy(60, 20));
            await().atMost(SOON).until(() -> watch.status().state() == State.RUNNING);
            send(name, orders(0, 1), null);
            await().atMost(SOON).until(() -> watch.status().counts().get("accepted") == 1);
            awaitEmpty(name);

            long begun = System.nanoTime();
            ((SqsReader) open.removeLast()).close();

            return Duration.ofNanos(System.nanoTime() - begun);
        });
    }

    @Test
    void comeFromPythonAsWell() throws IOException, InterruptedException {
        Path python = boto3();
        Path script = Files.writeString(directory.resolve("send.py"), """
                import boto3, sys
                sqs = boto3.client("sqs", endpoint_url=sys.argv[1], region_name="us-east-1",
                                   aws_access_key_id="any", aws_secret_access_key="any")
                url = sqs.create_queue(QueueName=sys.argv[2])["QueueUrl"]
                for i in range(25):
                    sqs.send_message(QueueUrl=url, MessageBody='{"order": %d}' % i,
                                     MessageAttributes={"type": {"DataType": "String", "StringValue": "order.placed"}})
                """);

        run(python.toString(), script.toString(), server.endpoint().toString(), name);
        read(name, server.endpoint(), "message.body.order", 3);

        awaitEmpty(name);
        assertThat(world.events()).hasSize(25).allMatch(event -> event.type().equals("order.placed"));
    }

    /** {@return a Python with boto3, made once below target} */
    private static Path boto3() throws IOException, InterruptedException {
        Path home = Path.of("target", "boto3").toAbsolutePath();
        Path python = home.resolve("bin/python");
        Path done = home.resolve("boto3-is-there");
        if (!Files.exists(done)) {
            AtomicReference<String> why = new AtomicReference<>();
            Assumptions.assumeTrue(
                    works(why, "python3", "-m", "venv", home.toString())
                            && works(why, python.toString(), "-m", "pip", "install", "-q", "boto3"),
                    () -> "no Python with boto3 here: " + why.get());
            Files.createFile(done);
        }
        return python;
    }

    private static boolean works(AtomicReference<String> why, String... command) throws InterruptedException {
        try {
            run(command);
            return true;
        } catch (IOException | IllegalStateException e) {
            why.set(e.getMessage());
            return false;
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + said);
        }
    }
}
