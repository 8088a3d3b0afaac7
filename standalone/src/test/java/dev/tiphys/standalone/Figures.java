package dev.tiphys.standalone;

import java.util.List;
import java.util.Locale;

/** Measured values in milliseconds, and the figures that are told of them. */
record Figures(List<Double> values) {

    Figures {
        values = values.stream().sorted().toList();
    }

    /** {@return the smallest value that at least the given part of all values does not exceed} */
    double quantile(double part) {
        if (values.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        int rank = (int) Math.ceil(part * values.size());
        return values.get(Math.max(0, rank - 1));
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms  p90 %.1f ms  p99 %.1f ms  max %.1f ms  (n = %d)",
                quantile(0.5),
                quantile(0.9),
                quantile(0.99),
                values.getLast(),
                values.size());
    }
}
