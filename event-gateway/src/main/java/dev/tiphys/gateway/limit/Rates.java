package dev.tiphys.gateway.limit;

/**
 * What is let in where a definition does not say less.
 *
 * @param perEndpoint verified deliveries a second of one endpoint
 * @param perEndpointBurst at once above that
 * @param overall verified deliveries a second of all endpoints together
 * @param unverifiedPerSender deliveries a second of one address to one endpoint that prove nothing, before it is turned away
 *     unread
 */
public record Rates(double perEndpoint, double perEndpointBurst, double overall, double unverifiedPerSender) {
    public Rates {
        if (perEndpoint <= 0 || perEndpointBurst < 1 || overall <= 0 || unverifiedPerSender <= 0) {
            throw new IllegalArgumentException("rates are above 0 and bursts at least 1");
        }
    }
}
