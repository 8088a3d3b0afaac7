package dev.tiphys.gateway.delivery.http;

import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.proof.Proof.Openness;
import dev.tiphys.gateway.sender.Senders;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsSnapshot;
import dev.tiphys.platform.expression.Expressions;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The endpoints of the present definitions, ready to be looked up. */
@Singleton
final class Endpoints {

    /** The endpoints, and the version of the definitions that they are from. */
    record Table(Map<String, Endpoint> byName, long definitionsOffset) {
        Optional<Endpoint> find(String name) {
            return Optional.ofNullable(byName.get(name));
        }
    }

    private final Senders.Terms terms;
    private volatile @Nullable Table table;

    Endpoints(
            Definitions definitions,
            Expressions expressions,
            @ConfigProperty(name = "tiphys.gateway.hooks.open", defaultValue = "false") boolean open) {
        terms = new Senders.Terms(open ? Openness.OPEN_ALLOWED : Openness.PROOF_DEMANDED, expressions);
        definitions.onChange(this::follow);
    }

    /** {@return the endpoints; empty while the definitions are not read yet} */
    Optional<Table> current() {
        return Optional.ofNullable(table);
    }

    private void follow(DefinitionsSnapshot snapshot) {
        table = new Table(Senders.table(snapshot.all(), terms), snapshot.offset());
    }
}
