package dev.tiphys.syncer.sync.store;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.panache.common.Page;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.List;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** An application as queries see it; written only by {@link PostgresApplications}. */
@Entity(name = "SyncerApplication")
@Immutable
@Table(schema = "syncer", name = "application")
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields
class ApplicationRow extends PanacheEntityBase {
    @Id
    public String name;

    /** The status as JSON; null while there is no definition. */
    public @Nullable String status;

    static List<ApplicationRow> after(@Nullable String name, int limit) {
        return ApplicationRow.<ApplicationRow>find(
                        "status is not null and name > ?1 order by name", name == null ? "" : name)
                .page(Page.ofSize(limit))
                .list();
    }
}
