package dev.tiphys.notifier.delivery.store;

import dev.tiphys.notifier.card.MessageKind;
import dev.tiphys.notifier.delivery.Entry;
import dev.tiphys.notifier.delivery.EntryState;
import dev.tiphys.notifier.delivery.Lane;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lines of the ledger. */
@Singleton
class Entries implements PanacheRepositoryBase<EntryRow, Long> {

    /** {@return what waits, locked until the transaction ends} Else one could be sent that is being withdrawn. */
    List<EntryRow> lockedPlanned(String run) {
        return find("run = ?1 and state = ?2", Sort.by("id"), run, EntryState.PLANNED)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list();
    }

    List<EntryRow> lapsed(Instant now) {
        return list("state = ?1 and leaseUntil < ?2", EntryState.SENDING, now);
    }

    List<EntryRow> begunBy(String owner) {
        return list("state = ?1 and leaseOwner = ?2", EntryState.SENDING, owner);
    }

    Set<String> known(Collection<String> keys) {
        return new HashSet<>(getEntityManager()
                .createQuery("select e.key from NotifierEntry e where e.key in ?1", String.class)
                .setParameter(1, keys)
                .getResultList());
    }

    List<Lane> lanes() {
        return getEntityManager()
                .createQuery(
                        "select distinct e.workspace, e.channel from NotifierEntry e where e.state = ?1",
                        Object[].class)
                .setParameter(1, EntryState.PLANNED)
                .getResultList()
                .stream()
                .map(row -> new Lane((String) row[0], (String) row[1]))
                .toList();
    }

    List<EntryRow> next(Lane lane, int limit) {
        return find(
                        "from NotifierEntry e where e.workspace = ?1 and e.channel = ?2 and e.state = ?3 and not exists"
                                + " (select 1 from NotifierEntry s where s.run = e.run and s.state = ?4) order by e.id",
                        lane.workspace(),
                        lane.channel(),
                        EntryState.PLANNED,
                        EntryState.SENDING)
                .page(0, limit)
                .list();
    }

    Set<String> runsWithCardComing(Lane lane, Collection<String> runs) {
        return new HashSet<>(getEntityManager()
                .createQuery(
                        "select e.run from NotifierEntry e where e.run in ?1 and e.kind = ?2 and e.state = ?3"
                                + " and e.workspace = ?4 and e.channel = ?5",
                        String.class)
                .setParameter(1, runs)
                .setParameter(2, MessageKind.CARD)
                .setParameter(3, EntryState.PLANNED)
                .setParameter(4, lane.workspace())
                .setParameter(5, lane.channel())
                .getResultList());
    }

    boolean claim(Entry entry, String owner, Instant leaseUntil) {
        return update(
                        "update NotifierEntry e set e.state = ?1, e.version = e.version + 1, e.attempts = e.attempts + 1,"
                                + " e.leaseUntil = ?2, e.leaseOwner = ?6 where e.id = ?3 and e.version = ?4 and e.state = ?5 and not exists"
                                + " (select 1 from NotifierEntry s where s.run = e.run and s.state = ?1)",
                        EntryState.SENDING,
                        leaseUntil,
                        entry.id(),
                        entry.version(),
                        EntryState.PLANNED,
                        owner)
                == 1;
    }

    Optional<EntryRow> newerCard(EntryRow card) {
        return find(
                        "run = ?1 and kind = ?2 and state = ?3 and id > ?4",
                        Sort.by("id").descending(),
                        card.run,
                        MessageKind.CARD,
                        EntryState.PLANNED,
                        card.id)
                .firstResultOptional();
    }

    @Nullable
    String slackChannel(Lane lane) {
        return find(
                        "workspace = ?1 and channel = ?2 and slackChannel is not null",
                        Sort.by("id").descending(),
                        lane.workspace(),
                        lane.channel())
                .firstResultOptional()
                .map(row -> row.slackChannel)
                .orElse(null);
    }

    List<EntryRow> newest(@Nullable String run, @Nullable EntryState state, long below, int limit) {
        return find(
                        "(?1 is null or run = ?1) and (?2 is null or state = ?2) and id < ?3",
                        Sort.by("id").descending(),
                        run,
                        state,
                        below)
                .page(0, limit)
                .list();
    }
}
