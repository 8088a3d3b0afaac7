package dev.tiphys.gateway.ledger;

import java.util.List;

/** When secrets were used, as all processes together know it. Blocking; may throw {@link LedgerUnavailable}. */
public interface SecretUses {

    /** Writes down what one process knows; what another one knows better stays. */
    void write(List<SecretUse.Known> known);

    /** {@return what is known of all generations} */
    List<SecretUse.Known> all();
}
