package dev.tiphys.gateway.proof;

import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Verifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Several headers of which a sender sends one or more: the first that is there decides, and the others are not looked at.
 *
 * @param verifiers of one header each, the preferred one first
 */
record FirstGiven(List<Verifier> verifiers) implements Verifier {
    FirstGiven {
        verifiers = List.copyOf(verifiers);
    }

    @Override
    public Set<String> headers() {
        Set<String> headers = new LinkedHashSet<>();
        verifiers.forEach(verifier -> headers.addAll(verifier.headers()));
        return Set.copyOf(headers);
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] secret) {
        for (Verifier verifier : verifiers) {
            if (verifier.headers().stream()
                    .anyMatch(header -> delivery.header(header).isPresent())) {
                return verifier.verifies(delivery, secret);
            }
        }
        return false;
    }
}
