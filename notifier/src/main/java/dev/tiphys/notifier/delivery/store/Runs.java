package dev.tiphys.notifier.delivery.store;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The rows of runs. */
@Singleton
class Runs implements PanacheRepositoryBase<RunRow, String> {

    /** {@return the run's row, locked until the transaction ends; made if it was not there} */
    RunRow locked(String run, Instant now) {
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO notifier.run (run, changed_at) VALUES (?1, ?2) ON CONFLICT (run) DO NOTHING")
                .setParameter(1, run)
                .setParameter(2, now)
                .executeUpdate();
        RunRow row = findById(run, LockModeType.PESSIMISTIC_WRITE);
        row.changedAt = now;
        return row;
    }

    Map<String, RunRow> byName(Collection<String> runs) {
        return list("run in ?1", runs).stream().collect(Collectors.toMap(row -> row.run, Function.identity()));
    }
}
