package dev.tiphys.gateway.recovery;

import java.time.Instant;
import java.util.List;

/**
 * An attempt of a Git server to deliver something, as its own list has it.
 *
 * @param number what the server calls the attempt
 * @param deliveries the ids that the delivery may have here, the best first; the same for every attempt of it; not empty
 * @param event what the server calls it
 * @param status of the answer; 0 if there was none
 */
public record Attempt(String number, List<String> deliveries, String event, Instant at, int status) {
    private static final int OK = 200;
    private static final int REDIRECT = 300;

    public Attempt {
        deliveries = List.copyOf(deliveries);
        if (deliveries.isEmpty()) {
            throw new IllegalArgumentException("attempt " + number + " is of no delivery");
        }
    }

    /** {@return the id that the delivery is kept under} */
    public String delivery() {
        return deliveries.getFirst();
    }

    /** {@return whether it was answered that all is well} */
    public boolean isAnsweredWell() {
        return status >= OK && status < REDIRECT;
    }
}
