package dev.tiphys.gateway.proof.web;

import dev.tiphys.gateway.delivery.Invitations;
import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/** Confirms subscriptions: each address is asked once, and again only if it did not answer well. */
final class SnsConfirmations implements Invitations {
    private static final int REMEMBERED = 1_000;
    private static final Logger log = Logger.getLogger(SnsConfirmations.class);

    private final FetchedKeys.Getter getter;
    private final Set<URI> accepted = Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    SnsConfirmations(FetchedKeys.Getter getter) {
        this.getter = getter;
    }

    @Override
    public boolean accept(String endpoint, URI address) {
        if (!accepted.add(address)) {
            return true;
        }
        try {
            getter.get(address);
            // The address has a token in it: it is not logged.
            log.infof("endpoint %s: the subscription is confirmed at %s", endpoint, address.getHost());
            return true;
        } catch (IOException e) {
            accepted.remove(address);
            log.warnf("endpoint %s: the subscription could not be confirmed: %s", endpoint, e.getMessage());
            return false;
        }
    }
}
