package dev.tiphys.gateway.ledger;

import dev.tiphys.gateway.delivery.DeliveryRules;
import dev.tiphys.gateway.delivery.Sha256;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An entry on its way into the ledger.
 *
 * @param notKept why its payload is not kept although it might be; null if it is, or is on the log, or never would be
 */
public record LedgerRow(
        UUID id, LedgerEntry entry, @Nullable String notKept) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{32}");
    private static final int DIGITS_OF_64_BITS = 16;

    /** {@return 64 bits of what the delivery is found by; null for what nothing proves, or what has no id} */
    public @Nullable Long keyHash() {
        if (!entry.events().isEmpty()) {
            return hash(entry.events().getFirst());
        }
        String delivery = entry.deliveryId();
        return delivery == null || !entry.isGenuine()
                ? null
                : (Long) hash(DeliveryRules.eventId(entry.endpoint(), delivery, 0));
    }

    /** {@return 64 bits of a key} */
    public static long hash(String key) {
        String digest = DIGEST.matcher(key).matches() ? key : Sha256.hex(key);
        return HexFormat.fromHexDigitsToLong(digest, 0, DIGITS_OF_64_BITS);
    }

    /** {@return the same, with its payload left out for a reason} */
    public LedgerRow without(String reason) {
        return new LedgerRow(id, entry.withoutPayload(), reason);
    }
}
