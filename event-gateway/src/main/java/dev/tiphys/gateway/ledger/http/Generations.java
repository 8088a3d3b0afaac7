package dev.tiphys.gateway.ledger.http;

/** What the generations of a secret are called. */
final class Generations {
    private Generations() {}

    static String word(int number) {
        return number == 0 ? "present" : "previous";
    }
}
