package dev.tiphys.gateway.reception.http;

import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.sender.Senders;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.definitions.DefinitionsSnapshot;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The endpoints of the present definitions, ready to be looked up. */
@Singleton
final class Endpoints {

    /** An endpoint, and what stands in the address behind its name. */
    record Found(Endpoint endpoint, String rest) {}

    /** The endpoints, and the version of the definitions that they are from. */
    record Table(Map<String, Endpoint> byName, long definitionsOffset) {

        /** {@return the endpoint with the longest name that the path begins with, and that takes the rest of it} */
        Optional<Found> find(String path) {
            int end = path.length();
            while (end > 0) {
                Endpoint endpoint = byName.get(path.substring(0, end));
                String rest = path.substring(Math.min(path.length(), end + 1));
                if (endpoint != null && (rest.isEmpty() || endpoint.verifier().isInAddress())) {
                    return Optional.of(new Found(endpoint, rest));
                }
                end = path.lastIndexOf('/', end - 1);
            }
            return Optional.empty();
        }
    }

    private final Senders.Terms terms;
    private volatile @Nullable Table table;

    Endpoints(Definitions definitions, Senders.Terms terms) {
        this.terms = terms;
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
