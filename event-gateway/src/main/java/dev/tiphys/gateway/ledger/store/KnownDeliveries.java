package dev.tiphys.gateway.ledger.store;

import dev.tiphys.gateway.intake.KnownArrivals;
import dev.tiphys.gateway.ledger.LedgerRow;
import dev.tiphys.gateway.ledger.LedgerUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/**
 * Asks the ledger for what was published before: those who ask while a question is under way are all in the next one. While
 * the database is away, nobody waits for it.
 */
final class KnownDeliveries implements KnownArrivals {
    private static final int MOST_WAITING = 20_000;
    private static final int LARGEST_QUESTION = 500;
    private static final Duration AWAY = Duration.ofSeconds(1);

    private static final String FIND = """
            select split_part(events, E'\\n', 1) from gateway.delivery where key_hash = any(?) and verdict = 'accepted'""";

    private final DataSource source;
    private final InstantSource clock;
    private final BlockingQueue<Question> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;
    private volatile Instant awayUntil = Instant.MIN;
    private volatile boolean closed;

    private record Question(String key, long hash, CompletableFuture<Boolean> answer) {}

    KnownDeliveries(DataSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("gateway-known").start(this::run);
    }

    @Override
    public CompletionStage<Boolean> contains(String key) {
        if (closed || (!awayUntil.equals(Instant.MIN) && clock.instant().isBefore(awayUntil))) {
            return CompletableFuture.failedFuture(new LedgerUnavailable("the ledger's database is away", null));
        }
        Question question = new Question(key, LedgerRow.hash(key), new CompletableFuture<>());
        if (!waiting.offer(question)) {
            return CompletableFuture.failedFuture(new LedgerUnavailable("too many ask the ledger", null));
        }
        return question.answer();
    }

    void close() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join(Duration.ofSeconds(1));
        refuse(drained(), "the gateway stops");
    }

    private void run() {
        while (!closed) {
            try {
                List<Question> questions = new ArrayList<>();
                questions.add(waiting.take());
                waiting.drainTo(questions, LARGEST_QUESTION - 1);
                answer(questions);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void answer(List<Question> questions) {
        try {
            Set<String> known = known(questions);
            // Each on a thread of its own: whoever hears it goes on to the broker, which may hold up whoever comes with
            // it.
            for (Question question : questions) {
                boolean before = known.contains(question.key());
                Thread.startVirtualThread(() -> question.answer().complete(before));
            }
        } catch (SQLException | RuntimeException e) {
            awayUntil = clock.instant().plus(AWAY);
            List<Question> all = new ArrayList<>(questions);
            all.addAll(drained());
            refuse(all, String.valueOf(e.getMessage()));
        }
    }

    private Set<String> known(List<Question> questions) throws SQLException {
        Long[] hashes = questions.stream().map(Question::hash).toArray(Long[]::new);
        Set<String> known = new HashSet<>();
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setArray(1, connection.createArrayOf("int8", hashes));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    known.add(rows.getString(1));
                }
            }
        }
        return known;
    }

    private List<Question> drained() {
        List<Question> all = new ArrayList<>();
        waiting.drainTo(all);
        return all;
    }

    private static void refuse(List<Question> questions, String why) {
        questions.forEach(question -> question.answer()
                .completeExceptionally(new LedgerUnavailable("the ledger cannot be asked: " + why, null)));
    }
}
