package dev.tiphys.gateway.app;

import dev.tiphys.gateway.ledger.DeliveryLedger;
import dev.tiphys.gateway.ledger.LedgerEntry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what is remembered of queues and schedules, as the answers to senders are counted. */
final class CountingLedger implements DeliveryLedger {
    private final DeliveryLedger ledger;
    private final MeterRegistry meters;
    private final Map<Series, Counter> counters = new ConcurrentHashMap<>();

    private record Series(String endpoint, String verdict) {}

    CountingLedger(DeliveryLedger ledger, MeterRegistry meters) {
        this.ledger = ledger;
        this.meters = meters;
    }

    @Override
    public void record(LedgerEntry entry) {
        counters.computeIfAbsent(new Series(entry.endpoint(), entry.verdict()), this::counter)
                .increment();
        ledger.record(entry);
    }

    private Counter counter(Series series) {
        return meters.counter(
                "tiphys.gateway.deliveries", "tiphys.endpoint", series.endpoint(), "tiphys.verdict", series.verdict());
    }
}
