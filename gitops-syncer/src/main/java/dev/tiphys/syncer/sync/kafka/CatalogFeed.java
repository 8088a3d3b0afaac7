package dev.tiphys.syncer.sync.kafka;

import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.StoredDefinition;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsBehind;
import dev.tiphys.platform.definitions.DefinitionsSnapshot;
import dev.tiphys.syncer.sync.Applications;
import dev.tiphys.syncer.sync.Catalog;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Brings new definitions to the applications. */
@Singleton
final class CatalogFeed {
    /** After the definitions are read and before the message channels start. */
    private static final int BEFORE_CHANNELS = 200;

    private static final String CASCADE = "resources-finalizer.argocd.argoproj.io";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Definitions definitions;
    private final Applications applications;

    CatalogFeed(Definitions definitions, Applications applications) {
        this.definitions = definitions;
        this.applications = applications;
    }

    void start(@Observes @Priority(BEFORE_CHANNELS) StartupEvent event) {
        definitions.onChange(snapshot -> applications.redefine(catalog(snapshot)));
        applications.resume();
    }

    /** Waits until the applications are defined as the writer of an event knew them. */
    void catchUp(@Nullable Long offset) throws InterruptedException, DefinitionsBehind {
        if (offset == null || applications.catalog().offset() >= offset) {
            return;
        }
        applications.redefine(catalog(definitions.atLeast(offset, PATIENCE)));
    }

    private static Catalog catalog(DefinitionsSnapshot snapshot) {
        Set<String> cascading = snapshot.stored().stream()
                .filter(stored -> stored.kind().equals("Application"))
                .filter(CatalogFeed::cascades)
                .map(StoredDefinition::name)
                .collect(Collectors.toSet());
        return Catalog.of(
                snapshot.offset(), snapshot.ofKind(Application.class), snapshot.ofKind(Repository.class), cascading);
    }

    private static boolean cascades(StoredDefinition stored) {
        return StreamSupport.stream(
                        stored.document().path("metadata").path("finalizers").spliterator(), false)
                .anyMatch(finalizer -> finalizer.asText().startsWith(CASCADE));
    }
}
