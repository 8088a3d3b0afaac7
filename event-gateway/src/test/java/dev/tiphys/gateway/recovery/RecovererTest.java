package dev.tiphys.gateway.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.Definition.Recovery;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.definition.Limits;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.GatewayStore;
import dev.tiphys.gateway.ledger.Entries;
import dev.tiphys.gateway.ledger.LedgerEntry;
import dev.tiphys.gateway.ledger.store.Ledgers;
import dev.tiphys.gateway.recovery.LostDelivery.State;
import dev.tiphys.gateway.recovery.Recoverer.Turn;
import dev.tiphys.gateway.recovery.RecoveryBook.Standing;
import dev.tiphys.gateway.recovery.RecoveryRules.Policy;
import dev.tiphys.gateway.recovery.provider.Providers;
import dev.tiphys.gateway.recovery.store.Books;
import dev.tiphys.testkit.FakeHookLog;
import dev.tiphys.testkit.FakeHookLog.Dialect;
import dev.tiphys.testkit.Fault;
import dev.tiphys.testkit.HookLogRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rounds over a real database, with the real clients, before stand-ins of the Git servers. */
@Tag("real")
class RecovererTest {
    private static final SecretRef TOKEN = new SecretRef("recovery", "token");
    private static final Duration EVERY = Duration.ofMinutes(5);

    private Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private GatewayStore store;
    private RecoveryBook book;

    @BeforeEach
    void open() throws Exception {
        store = GatewayStore.fresh();
        book = Books.over(store.source());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void asksForWhatDidNotArriveAndMarksItOnceItDoes(Dialect dialect) throws Exception {
        try (FakeHookLog log = log(dialect)) {
            log.attempt("d-arrived", "push", ago(60), 202);
            log.attempt("d-lost", "push", ago(50), 503);
            arrived("d-arrived");
            log.onRedelivery(attempt -> arrived(attempt.delivery()));

            Turn first = recoverer("a").turn(repository(log, null), false);

            assertThat(first)
                    .isInstanceOfSatisfying(
                            Turn.Done.class,
                            done -> assertThat(done.plan().asks()).hasSize(1));
            assertThat(log.traffic().count(HookLogRequest.AGAIN)).isEqualTo(1);
            assertThat(lost()).singleElement().extracting(LostDelivery::state).isEqualTo(State.ASKED);

            now = now.plus(EVERY);
            recoverer("a").turn(repository(log, null), false);

            assertThat(lost()).singleElement().satisfies(one -> {
                assertThat(one.delivery()).isEqualTo("d-lost");
                assertThat(one.state()).isEqualTo(State.RECOVERED);
            });
            assertThat(log.traffic().count(HookLogRequest.AGAIN)).isEqualTo(1);
            assertThat(store.count("select count(*) from gateway.delivery where recovered and delivery_id = 'd-lost'"))
                    .isEqualTo(1);
            assertThat(store.count("select count(*) from gateway.delivery where recovered"))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void readsAllPages(Dialect dialect) throws Exception {
        try (FakeHookLog log = log(dialect).pageSize(2)) {
            for (int i = 0; i < 7; i++) {
                log.attempt("d-" + i, "push", ago(100 - i), i == 0 ? 500 : 202);
                if (i > 0) {
                    arrived("d-" + i);
                }
            }

            recoverer("a").turn(repository(log, "1"), false);

            assertThat(log.traffic().count(HookLogRequest.DELIVERIES)).isEqualTo(4);
            assertThat(log.traffic().count(HookLogRequest.HOOKS)).isZero();
            assertThat(lost()).extracting(LostDelivery::delivery).containsExactly("d-0");
        }
    }

    /** A page of two stands for one of a hundred: a round reads fifty. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void readsALongListInPartsTheNewestFirst(Dialect dialect) throws Exception {
        try (FakeHookLog log = log(dialect).pageSize(2)) {
            for (int i = 0; i < 250; i++) {
                boolean isLost = i == 0 || i == 130 || i == 249;
                log.attempt("d-" + i, "push", ago(600 - i), isLost ? 503 : 202);
                if (!isLost) {
                    arrived("d-" + i);
                }
            }

            assertThat(recoverer("a").turn(repository(log, "1"), false)).isInstanceOf(Turn.Done.class);

            assertThat(lost()).extracting(LostDelivery::delivery).containsExactly("d-249");
            assertThat(standing().lookedAt()).isEqualTo(now);
            assertThat(standing().readBackTo()).isEqualTo(ago(600 - 150));
            assertThat(standing().error()).isNull();

            now = now.plus(EVERY);
            log.attempt("d-new", "push", ago(3), 503);
            recoverer("a").turn(repository(log, "1"), false);

            assertThat(lost()).extracting(LostDelivery::delivery).containsExactlyInAnyOrder("d-249", "d-130", "d-new");
            assertThat(standing().readBackTo()).isBefore(ago(500));

            now = now.plus(EVERY);
            recoverer("b").turn(repository(log, "1"), false);

            assertThat(lost())
                    .extracting(LostDelivery::delivery)
                    .containsExactlyInAnyOrder("d-249", "d-130", "d-new", "d-0");
            assertThat(standing().readBackTo()).isNull();
        }
    }

    @Test
    void doesNotLeaveWhatIsNewForWhatIsOldAndCannotBeRead() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB).pageSize(2)) {
            for (int i = 0; i < 120; i++) {
                log.attempt("d-" + i, "push", ago(600 - i), 202);
                arrived("d-" + i);
            }
            recoverer("a").turn(repository(log, "1"), false);
            Instant backTo = standing().readBackTo();
            assertThat(backTo).isNotNull();

            now = now.plus(EVERY);
            log.attempt("d-new", "push", ago(3), 503);
            Map<String, ProviderLog> forgetful = new HashMap<>();
            providers().forEach((name, provider) -> forgetful.put(name, new OnlyNew(provider)));
            assertThat(recoverer("a", forgetful).turn(repository(log, "1"), false))
                    .isInstanceOf(Turn.Done.class);

            assertThat(lost()).extracting(LostDelivery::delivery).containsExactly("d-new");
            assertThat(standing().error()).contains("older part").contains("410");
            assertThat(standing().readBackTo()).isEqualTo(backTo);

            now = now.plus(EVERY);
            recoverer("a").turn(repository(log, "1"), false);

            assertThat(standing().error()).isNull();
            assertThat(standing().readBackTo()).isNull();
        }
    }

    @Test
    void readsOnlyWhatIsNewOnceItHasReadAll() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB).pageSize(2)) {
            for (int i = 0; i < 6; i++) {
                log.attempt("d-" + i, "push", ago(600), 202);
                arrived("d-" + i);
            }
            recoverer("a").turn(repository(log, "1"), false);
            int pages = log.traffic().count(HookLogRequest.DELIVERIES);

            now = now.plus(EVERY);
            recoverer("a").turn(repository(log, "1"), false);

            assertThat(log.traffic().count(HookLogRequest.DELIVERIES)).isEqualTo(pages + 1);
        }
    }

    @Test
    void takesWhatCouldNotBeKeptForLost() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB)) {
            log.attempt("d-1", "push", ago(60), 503);
            LedgerEntry away = Entries.accepted("shop", "d-1", ago(60));
            Ledgers.write(
                    store.source(),
                    new LedgerEntry(
                            away.at(),
                            "shop",
                            away.way(),
                            "unavailable",
                            "the broker was away",
                            "d-1",
                            "push",
                            List.of(),
                            null,
                            0,
                            5,
                            away.took(),
                            null,
                            null));

            recoverer("a").turn(repository(log, null), false);

            assertThat(log.traffic().count(HookLogRequest.AGAIN)).isEqualTo(1);
        }
    }

    @Test
    void isOneProcessAtATime() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB)) {
            assertThat(book.take("shop", "other", Duration.ofMinutes(5), now, true))
                    .isPresent();
            assertThat(recoverer("a").turn(repository(log, null), true)).isInstanceOf(Turn.NotMine.class);

            now = now.plus(Duration.ofMinutes(6));
            assertThat(recoverer("a").turn(repository(log, null), false)).isInstanceOf(Turn.Done.class);
            assertThat(recoverer("b").turn(repository(log, null), false)).isInstanceOf(Turn.NotMine.class);
            assertThat(recoverer("b").turn(repository(log, null), true)).isInstanceOf(Turn.Done.class);
        }
    }

    @Test
    void saysWhatIsWrongAndTriesAgain() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB)) {
            log.traffic().fail(HookLogRequest.DELIVERIES, 1, Fault.refuse(500));

            assertThat(recoverer("a").turn(repository(log, "1"), false)).isInstanceOf(Turn.Failed.class);
            assertThat(standing().error()).contains("answered 500").doesNotContain("the token");

            now = now.plus(EVERY);
            assertThat(recoverer("a").turn(repository(log, "1"), false)).isInstanceOf(Turn.Done.class);
            assertThat(standing().error()).isNull();
        }
    }

    @Test
    void doesNotCountAnAskThatTheServerCouldNotHear() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB)) {
            log.attempt("d-1", "push", ago(60), 503);
            log.traffic().fail(HookLogRequest.AGAIN, 1, Fault.refuse(502));

            assertThat(recoverer("a").turn(repository(log, "1"), false)).isInstanceOf(Turn.Failed.class);
            assertThat(lost()).extracting(LostDelivery::times).containsExactly(0);

            now = now.plus(EVERY);
            recoverer("a").turn(repository(log, "1"), false);
            assertThat(lost()).extracting(LostDelivery::times).containsExactly(1);
        }
    }

    @Test
    void asksForTheOthersIfTheServerRefusesOne() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB)) {
            log.attempt("d-1", "push", ago(60), 503);
            log.attempt("d-2", "push", ago(50), 503);
            log.traffic().fail(HookLogRequest.AGAIN, 1, Fault.refuse(422));

            assertThat(recoverer("a").turn(repository(log, "1"), false)).isInstanceOf(Turn.Done.class);

            assertThat(log.traffic().count(HookLogRequest.AGAIN)).isEqualTo(2);
            assertThat(lost()).anySatisfy(one -> assertThat(one.reason()).contains("422"));
        }
    }

    @Test
    void obeysTheServersLimits() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB)) {
            log.traffic()
                    .fail(
                            HookLogRequest.DELIVERIES,
                            1,
                            new Fault.Refuse(
                                    403,
                                    "",
                                    Map.of(
                                            "X-RateLimit-Remaining",
                                            "0",
                                            "X-RateLimit-Reset",
                                            "" + now.plusSeconds(1800).getEpochSecond())));
            assertThat(recoverer("a").turn(repository(log, "1"), false)).isInstanceOf(Turn.Failed.class);

            now = now.plusSeconds(1700);
            assertThat(recoverer("a").turn(repository(log, "1"), true)).isInstanceOf(Turn.NotMine.class);
            now = now.plusSeconds(200);
            assertThat(recoverer("a").turn(repository(log, "1"), false)).isInstanceOf(Turn.Done.class);

            log.traffic().fail(HookLogRequest.DELIVERIES, 1, Fault.rateLimited(Duration.ofSeconds(3600)));
            now = now.plus(EVERY);
            assertThat(recoverer("a").turn(repository(log, "1"), false)).isInstanceOf(Turn.Failed.class);
            now = now.plusSeconds(3500);
            assertThat(recoverer("a").turn(repository(log, "1"), true)).isInstanceOf(Turn.NotMine.class);
        }
    }

    @Test
    void doesNotWaitForAServerThatSaysNothing() throws Exception {
        try (FakeHookLog log = log(Dialect.GITLAB)) {
            log.traffic().fail(HookLogRequest.DELIVERIES, 1, new Fault.Silence());

            assertThat(recoverer("a").turn(repository(log, "1"), false))
                    .isInstanceOfSatisfying(
                            Turn.Failed.class,
                            failed -> assertThat(failed.why()).contains("did not answer"));
        }
    }

    @Test
    void asksForTheNumberOfTheWebhookWhereItCannotTell() throws Exception {
        try (FakeHookLog log = log(Dialect.GITHUB).hook(URI.create("https://old.example.com/hooks/shop"))) {
            recoverer("a").turn(repository(log, null), false);

            assertThat(standing().error()).contains("1, 2").contains("recovery.hook");
        }
    }

    private FakeHookLog log(Dialect dialect) {
        return FakeHookLog.start(dialect, "acme/shop", "the token", () -> now)
                .hook(URI.create("https://tiphys.example.com/hooks/shop"));
    }

    /** A server that does not know its own cursors any more. */
    private record OnlyNew(ProviderLog real) implements ProviderLog {
        @Override
        public Target located(Target target) throws Trouble, InterruptedException {
            return real.located(target);
        }

        @Override
        public Listing attempts(Target target, Instant since, @Nullable String from)
                throws Trouble, InterruptedException {
            if (from != null) {
                throw new Trouble("it answered 410");
            }
            return real.attempts(target, since, null);
        }

        @Override
        public Optional<String> askAgain(Target target, Attempt attempt) throws Trouble, InterruptedException {
            return real.askAgain(target, attempt);
        }
    }

    private Map<String, ProviderLog> providers() {
        return Providers.all(Duration.ofSeconds(1), () -> now);
    }

    private Recoverer recoverer(String holder) {
        return recoverer(holder, providers());
    }

    private Recoverer recoverer(String holder, Map<String, ProviderLog> providers) {
        Policy policy = new Policy(3, EVERY, Duration.ofDays(3), Duration.ofMinutes(2), 10, Set.of("ping"));
        return new Recoverer(
                providers,
                book,
                ref -> ref.equals(TOKEN) ? Optional.of("the token") : Optional.empty(),
                new Recoverer.Settings(holder, EVERY, Map.of("github", policy, "gitlab", policy)),
                () -> now);
    }

    private static Repository repository(FakeHookLog log, @Nullable String hook) {
        String provider = log.url().getPath().equals("/api/v3") ? "github" : "gitlab";
        return new Repository(
                new DefinitionKey("Repository", "default", "shop"),
                "https://git.example.com/acme/shop.git",
                provider,
                null,
                new SecretRef("shop-webhook", "secret"),
                Limits.NONE,
                new Recovery(log.url().toString(), hook, TOKEN));
    }

    private void arrived(String delivery) {
        Ledgers.write(store.source(), Entries.accepted("shop", delivery, now));
    }

    private List<LostDelivery> lost() {
        return List.copyOf(book.lost("shop").values());
    }

    private Standing standing() {
        return book.standings().getFirst();
    }

    private Instant ago(long minutes) {
        return now.minus(Duration.ofMinutes(minutes));
    }
}
