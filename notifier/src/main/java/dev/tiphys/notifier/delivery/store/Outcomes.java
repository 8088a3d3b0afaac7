package dev.tiphys.notifier.delivery.store;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.inject.Singleton;

/** The outcomes that are still to be told. */
@Singleton
class Outcomes implements PanacheRepositoryBase<OutcomeRow, Long> {}
