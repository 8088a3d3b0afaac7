package dev.tiphys.syncer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.sync.SyncFact.Changes;
import dev.tiphys.syncer.plan.Change;
import dev.tiphys.syncer.source.ObjectRef;
import dev.tiphys.syncer.source.Rendering.Rendered;
import dev.tiphys.syncer.sync.Cluster.Written;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What helps where a namespace is missing. */
class TallyTest {
    private final Tally tally = new Tally(Changes.NONE, new Places(new Rendered(List.of()), "shop"), "shop");

    @Test
    void theDestinationsNamespaceIsMadeByTheSyncOption() {
        add("shop");

        assertThat(tally.refusal()).endsWith("not found: add the sync option CreateNamespace=true, or create it");
    }

    @Test
    void anotherNamespaceIsMadeByNoSyncOption() {
        add("elsewhere");

        assertThat(tally.refusal())
                .contains("not found: create it, or add a Namespace manifest")
                .contains("only the destination's namespace, shop");
    }

    private void add(String namespace) {
        ObjectRef ref = new ObjectRef("", "v1", "ConfigMap", namespace, "settings");
        Change create = new Change.Create(ref, Json.mapper().createObjectNode(), "deploy/a.yaml", 1);
        Written missing = new Written.NoNamespace("namespaces \"" + namespace + "\" not found");
        tally.add(List.of(new Tally.Result(create, missing)));
    }
}
